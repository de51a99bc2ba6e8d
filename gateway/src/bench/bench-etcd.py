#!/usr/bin/env python3
"""bench-etcd.py [PAIRS [MEBIBYTES [CULVERT]]]: what checkpoints in an etcd cluster cost a replication, against those in a file.

Two sites replicate, each to a peer of its own, the same fresh noise, one after the other: A keeps its checkpoints in a file, B in an etcd of
three members on this host. Gateways and etcd run all the time; a pair of runs is A B, the next B A. The first pair warms up and does
not count. For each pair this prints the seconds of both jobs, from their start to their end as the gateways have them, and their ratio;
then the median ratio and the quartiles. Needs etcd (apt install etcd-server), no root; three times PAIRS times MEBIBYTES of disk below
TMPDIR, and a quiet machine. 11 pairs of 1024 MiB if nothing is said: some ten minutes."""
import datetime, os, pathlib, shutil, statistics, subprocess, sys, tempfile
sys.dont_write_bytecode = True
from sites import CULVERT, Site, ask, enrol, free_port, noise, until

PAIRS = int(sys.argv[1]) if len(sys.argv) > 1 else 11
MEBIBYTES = int(sys.argv[2]) if len(sys.argv) > 2 else 1024
PROGRAM = sys.argv[3] if len(sys.argv) > 3 else CULVERT
MEMBERS = 3


class Etcd:
    def __init__(self, directory):
        program = shutil.which('etcd') or sys.exit('etcd is missing: apt install etcd-server')
        self.clients = [f'http://127.0.0.1:{free_port()}' for _ in range(MEMBERS)]
        peers = [f'http://127.0.0.1:{free_port()}' for _ in range(MEMBERS)]
        cluster = ','.join(f'm{i}={peer}' for i, peer in enumerate(peers))
        self.members = []
        for i in range(MEMBERS):
            log = open(directory / f'etcd-{i}.log', 'w')
            self.members.append(subprocess.Popen(
                [program, f'--name=m{i}', f'--data-dir={directory}/m{i}', f'--listen-client-urls={self.clients[i]}',
                 f'--advertise-client-urls={self.clients[i]}', f'--listen-peer-urls={peers[i]}',
                 f'--initial-advertise-peer-urls={peers[i]}', f'--initial-cluster={cluster}', '--pre-vote=true',
                 '--logger=zap', '--log-level=warn'], stdout=log, stderr=log))

    def settings(self):
        return 'etcd: {endpoints: [' + ', '.join(f'"{client}"' for client in self.clients) + '], prefix: /culvert}'

    def stop(self):
        for member in self.members:
            member.terminate()
        for member in self.members:
            member.wait(30)


class Pair:
    """A site, and the peer that it replicates to."""

    def __init__(self, directory, name, data, checkpoints):
        self.near = Site(directory, name, f'{name}-far', PROGRAM, checkpoints)
        self.far = Site(directory, f'{name}-far', name, PROGRAM)
        self.near.write(f'datasets: {{noise: {{kind: tree, path: {data}, replicateTo: [{{peer: {name}-far, pool: main}}]}}}}\n')
        self.far.write('')

    def seconds(self):
        """Replicates what there is, and returns how long the job took."""
        job = ask(self.near.socket, 'POST', '/api/v1/datasets/noise/replications', '{"peers": []}')
        job = (job if isinstance(job, list) else job['jobs'])[0]
        while job['state'].lower() not in ('done', 'failed', 'cancelled'):
            job = ask(self.near.socket, 'GET', f'/api/v1/jobs/{job["id"]}?wait=10000')
        if job['state'].lower() != 'done':
            sys.exit(f'a job of {self.near.name} is {job["state"]}: {job}')
        return (at(job['ended']) - at(job['started'])).total_seconds()

    def stop(self):
        self.near.stop()
        self.far.stop()


def at(text):
    whole, _, fraction = text.rstrip('Z').partition('.')
    return datetime.datetime.fromisoformat(f'{whole}.{(fraction + "000000")[:6]}')


def main():
    directory = pathlib.Path(tempfile.mkdtemp(prefix='culvert-etcd-'))
    data = directory / 'noise'
    data.mkdir()
    etcd = Etcd(directory)
    a, b = Pair(directory, 'a', data, 'embedded: true'), Pair(directory, 'b', data, etcd.settings())
    for pair in (a, b):
        enrol(pair.near, pair.far)
    print('| pair | order | A, file: s | B, etcd: s | B / A |')
    print('|---|---|---|---|---|')
    ratios = []
    for i in range(PAIRS + 1):
        noise(data / 'bytes', MEBIBYTES << 20)
        os.sync()
        order = (a, b) if i % 2 else (b, a)
        took = {pair: pair.seconds() for pair in order}
        if i > 0:
            ratios.append(took[b] / took[a])
            print(f'| {i} | {"A B" if order[0] is a else "B A"} | {took[a]:.2f} | {took[b]:.2f} | {ratios[-1]:.4f} |', flush=True)
    low, median, high = statistics.quantiles(ratios, n=4, method='inclusive') if PAIRS > 1 else ratios * 3
    print(f'\nB takes {100 * (median - 1):+.1f} % (median of {PAIRS} pairs of {MEBIBYTES} MiB; quartiles {100 * (low - 1):+.1f} and '
          f'{100 * (high - 1):+.1f} %, extremes {100 * (min(ratios) - 1):+.1f} and {100 * (max(ratios) - 1):+.1f} %)')
    for one in (a, b, etcd):
        one.stop()
    shutil.rmtree(directory)


main()
