package io.culvert.gateway.checkpoint;

final class InMemoryCheckpointStoreTest extends SharedCheckpointStoreContract {
    private final InMemoryCheckpointStore.Backend backend = new InMemoryCheckpointStore.Backend();

    @Override
    CheckpointStore open(String gateway) {
        return new InMemoryCheckpointStore(backend, gateway);
    }

    @Override
    void expire(String jobId) {
        backend.expire(jobId);
    }

    @Override
    byte[] raw(String jobId) {
        return backend.raw(jobId);
    }

    @Override
    void putRaw(String jobId, byte[] sealed) {
        backend.put(jobId, sealed);
    }
}
