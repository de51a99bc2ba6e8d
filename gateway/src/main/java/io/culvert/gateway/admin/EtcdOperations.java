package io.culvert.gateway.admin;

import java.io.IOException;

/** What concerns the site's etcd; each fails with {@code REFUSED} if the site keeps its checkpoints in a file. */
public interface EtcdOperations {

    /** How it is; also when no member answers. */
    EtcdView etcd() throws OperationException;

    /** Drops what was overwritten or deleted. */
    EtcdCompaction compactEtcd() throws OperationException;

    /** Gives room back to the disks, one member after the other; hears of each. */
    EtcdDefragmentation defragmentEtcd(Feed<EtcdDefragmented> progress) throws OperationException, IOException;

    /** Copies its database to the host of the gateway, checked. */
    EtcdBackup backUpEtcd() throws OperationException;

    /** Replaces a member, or goes on with that; hears of each step, and ends if it cannot tell. */
    EtcdReplacement replaceEtcdMember(EtcdReplaceRequest request, Feed<EtcdStep> progress)
            throws OperationException, IOException;
}
