package io.culvert.gateway.admin;

import java.util.List;

/** What concerns pools and services. */
public interface PoolOperations {

    List<PoolView> pools() throws OperationException;

    PoolView pool(String name) throws OperationException;

    /** The gateways, pools and peers that work may be addressed to. */
    List<ServiceView> services() throws OperationException;
}
