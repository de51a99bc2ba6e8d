package io.culvert.gateway.admin;

import java.util.List;

/** What concerns pools and appliances. */
public interface PoolOperations {

    List<PoolView> pools() throws OperationException;

    PoolView pool(String name) throws OperationException;

    /** The appliances of peers that clients here reach, and those here that peers may connect to. */
    List<ApplianceView> appliances() throws OperationException;
}
