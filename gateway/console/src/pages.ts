import type {Page} from './page.js';
import {appliances} from './pages/appliances.js';
import {checkpoints} from './pages/checkpoints.js';
import {datasets} from './pages/datasets.js';
import {gateways} from './pages/gateways.js';
import {jobs} from './pages/jobs.js';
import {overview} from './pages/overview.js';
import {peers} from './pages/peers.js';
import {pools} from './pages/pools.js';
import {snapshots} from './pages/snapshots.js';

/** All pages, in the order of the navigation. */
export const PAGES: readonly Page[] = [overview, peers, datasets, jobs, snapshots, pools, appliances, gateways, checkpoints];
