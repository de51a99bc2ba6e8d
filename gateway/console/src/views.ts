/** What the API answers, as gateway/src/main/resources/io/culvert/gateway/admin/openapi.yaml says it. Sizes are bytes, times ISO-8601. */

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
}

export interface SessionView {
  gateway: string;
  ends: string;
}

export interface ProbeStepView {
  step: string;
  target: string;
  result: string;
  millis: number;
  details: Record<string, string>;
}

export interface ProbeView {
  verdict: string;
  layer: string;
  confidence: string;
  evidence: string[];
  ask: string;
  rule: string;
  steps: ProbeStepView[];
  quarantineSeconds: number | null;
}

export interface AlarmView {
  id: string;
  sentence: string;
  since: string;
  probe: ProbeView | null;
}

export interface StreamView {
  state: string;
  since: string;
  reason: string;
  roundTripMillis: number | null;
  remote: string | null;
  sentBytes: number;
  receivedBytes: number;
  connections: number;
  channels: number;
  through: string | null;
}

export interface PeerView {
  name: string;
  endpoint: string;
  dials: boolean;
  enrolled: string;
  revoked: string | null;
  authorities: string[];
  stream: StreamView;
  probe: ProbeView | null;
}

export interface ReplicaView {
  peer: string;
  pool: string;
  newest: string | null;
  newestCreated: string | null;
  lagSeconds: number | null;
  late: boolean;
  job: string | null;
}

export interface DatasetView {
  name: string;
  kind: string;
  source: string;
  schedule: string | null;
  rpoSeconds: number | null;
  replicas: ReplicaView[];
}

export interface JobProgress {
  entries: number;
  sourceBytes: number;
  totalEntries: number | null;
  totalBytes: number | null;
  totalsExact: boolean;
  newBytes: number;
  storedBytes: number;
  acknowledgedBytes: number;
  wireSentBytes: number;
  wireReceivedBytes: number;
  bytesPerSecond: number;
  wireBytesPerSecond: number;
  current: string | null;
}

export interface JobView {
  id: string;
  kind: string;
  dataset: string;
  peer: string | null;
  pool: string;
  state: string;
  waitingFor: string | null;
  progress: JobProgress;
  created: string;
  started: string | null;
  ended: string | null;
  tries: number;
  snapshot: string | null;
  failure: string | null;
}

export interface PoolView {
  name: string;
  path: string;
  state: string;
  reason: string;
  quotaBytes: number | null;
  usedBytes: number;
  freeBytes: number;
  rawBytes: number;
  chunks: number;
  containers: number;
  snapshots: number;
}

export interface SnapshotView {
  id: string;
  dataset: string;
  site: string;
  kind: string;
  heldBy: string;
  pool: string;
  created: string;
  label: string;
  entries: number;
  sourceBytes: number;
  lockedUntil: string | null;
}

export interface RelayFigures {
  connections: number;
  held: number;
  datagramClients: number;
  bytesPerSecond: number;
  opened: number;
  failures: number;
  toPeerBytes: number;
  fromPeerBytes: number;
  dedupRatio: number;
}

export interface ApplianceStatus {
  name: string;
  side: string;
  peers: string[];
  address: string;
  state: string;
  since: string;
  reason: string;
  figures: RelayFigures;
  lastError: {at: string; sentence: string} | null;
}

export interface ConnectionView {
  peer: string;
  client: string;
  port: number;
  since: string;
  ageSeconds: number;
  toPeerBytes: number;
  fromPeerBytes: number;
  bytesPerSecond: number;
  retainedBytes: number;
  heldSince: string | null;
  dedup: {state: string; ratio: number};
}

export interface ProgramsView {
  source: string;
  learned: string | null;
  reason: string;
  programs: {program: number; version: number; netid: string; port: number}[];
}

export interface ApplianceView {
  status: ApplianceStatus;
  programs: ProgramsView;
  connections: ConnectionView[];
}

export interface ServiceView {
  kind: string;
  name: string;
  owner: string;
  state: string;
  since: string;
  reason: string;
}

export interface EtcdView {
  verdict: string;
  clusterId: string;
  leader: string;
  revision: number;
  members: {
    id: string;
    name: string;
    endpoint: string;
    role: string;
    version: string;
    databaseBytes: number;
    inUseBytes: number;
    raftTerm: number;
    raftIndex: number;
    reason: string;
  }[];
  checks: {name: string; verdict: string; value: string; limit: string; advice: string}[];
  at: string;
}

export interface SiteStatus {
  gateway: {
    site: string;
    version: string;
    started: string;
    listen: string;
    authority: string;
    certificateExpires: string | null;
    residentBytes: number;
  };
  checkpoints: {kind: string; state: string; since: string; sentence: string};
  peers: PeerView[];
  datasets: DatasetView[];
  jobs: JobView[];
  pools: PoolView[];
  appliances: ApplianceStatus[];
  alarms: AlarmView[];
  at: string;
}
