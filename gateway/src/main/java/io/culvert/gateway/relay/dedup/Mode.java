package io.culvert.gateway.relay.dedup;

/** Whether the bytes of a flow are packed. */
public enum Mode {
    /** Never. */
    OFF,

    /** Unless they look encrypted or compressed and do not repeat; looked at again from time to time. */
    AUTO,

    /** Always. */
    ON
}
