#!/usr/bin/env python3
"""relay-table.py FILE: the figures of bench-relay.sh as Markdown, medians of the runs, with their ratios.

Lines: part, case, tool, run, metric, value, parted by tabs."""
import statistics, sys

figures, parts = {}, {}
for line in open(sys.argv[1]):
    part, case, tool, _, metric, value = line.rstrip('\n').split('\t')
    try:
        figures.setdefault((part, case, tool, metric), []).append(float(value))
        parts.setdefault(part, []).append((case, tool))
    except ValueError:
        pass  # what failed was told on standard error
parts = {part: list(dict.fromkeys(rows)) for part, rows in parts.items()}


def of(*key):
    return statistics.median(figures[key]) if key in figures else None


def show(value, digits=2):
    return '-' if value is None else f'{value:.{digits}f}'


def ratio(value, other, digits=2):
    return '-' if value is None or not other else f'{value / other:.{digits}f}'


def table(title, heads, rows):
    print(f'\n**{title}**\n\n| ' + ' | '.join(heads) + ' |\n|' + '---|' * len(heads))
    for row in rows:
        print('| ' + ' | '.join(row) + ' |')


def cpu(part, case, tool):
    a, b = of(part, case, tool, 'cpuA'), of(part, case, tool, 'cpuB')
    return None if a is None or b is None else a + b


def tunnels():
    haproxy, stunnel = [{
        'gbit': of('tunnels', 'veth', peer, 'gbit'), 'cpu': cpu('tunnels', 'veth', peer),
        'p50': of('tunnels', 'veth', peer, 'p50'), 'p99': of('tunnels', 'veth', peer, 'p99')} for peer in ('haproxy', 'stunnel')]
    rows = []
    for case, tool in parts['tunnels']:
        gbit, both = of('tunnels', case, tool, 'gbit'), cpu('tunnels', case, tool)
        row = [tool, show(gbit), ratio(gbit, haproxy['gbit']), ratio(gbit, stunnel['gbit']),
               show(of('tunnels', case, tool, 'cpuA')), show(of('tunnels', case, tool, 'cpuB')),
               show(both), ratio(both, haproxy['cpu']), ratio(both, stunnel['cpu'])]
        for q in ('p50', 'p99'):
            value = of('tunnels', case, tool, q)
            row += [show(value, 0), ratio(value, haproxy[q]), ratio(value, stunnel[q])]
        rows.append(row + [show(of('tunnels', case, tool, 'noise'))])
    to = ['to HAProxy', 'to stunnel']
    table('One connection through each tunnel (CPU with client and server)',
          ['tool', 'Gbit/s', *to, 'CPU-s/GB A', 'B', 'both', *to, '64 bytes p50 µs', *to, 'p99 µs', *to, 'CPU-s/GB of others'], rows)
    if ('tunnels', 'veth', 'culvert', 'peakMB') in figures:
        print(f"\nLargest resident set of a gateway: {max(figures['tunnels', 'veth', 'culvert', 'peakMB']):.0f} MB")


def fair():
    rows = []
    for case, tool in parts['fair']:
        if tool != 'culvert':
            continue
        line, load = case.split(' ')
        p50, p99, idle = of('fair', case, tool, 'p50'), of('fair', case, tool, 'p99'), of('fair', line + ' idle', tool, 'p99')
        base = of('fair', line + ' idle', tool, 'p50')
        past50, past99 = of('fair', case, 'past', 'p50'), of('fair', case, 'past', 'p99')
        rows.append([line, load, *(show(v and v / 1e3) for v in (p50, p99)),
                     show(p99 and base and (p99 - base) / 1e3), ratio(p99, idle),
                     *(show(v and v / 1e3) for v in (past50, past99)),
                     show(p99 and past99 and (p99 - past99) / 1e3), show(of('fair', case, tool, 'mbit'), 0),
                     *(show(of('fair', case, tool, q), 0) for q in ('queue1', 'queue2'))])
    table('Round trips of 64 bytes through the relay, beside what fills the stream',
          ['line', 'load', 'p50 ms', 'p99 ms', 'p99 less idle p50', 'p99 to idle p99', 'past the gateways p50 ms', 'p99 ms', 'p99 less that', 'stream Mbit/s',
           'not sent by A, kB', 'not read by B, kB'], rows)


def wan():
    rows = []
    for case, tool in parts['wan']:
        gbit = of('wan', case, tool, 'gbit')
        rows.append([case, tool, show(gbit and gbit * 1e3, 0), ratio(gbit, of('wan', case, 'iperf3', 'gbit')),
                     ratio(gbit, of('wan', case, 'raw', 'gbit')), show(cpu('wan', case, tool))])
    table('One connection over a long line (raw, stunnel, culvert: the whole bulk with its start; iperf3: after 2 s, for 8 s)',
          ['delay:Mbit/s:loss', 'tool', 'Mbit/s', 'to iperf3', 'to raw', 'CPU-s/GB both'], rows)


def nfs():
    rows = []
    for case, tool in sorted(parts['nfs'], key=lambda row: row[0], reverse=True):
        mbs, both = of('nfs', case, tool, 'mbs'), cpu('nfs', case, tool)
        rows.append([case, tool, show(mbs, 0), ratio(mbs, of('nfs', case, 'direct', 'mbs')),
                     show(both), ratio(both, cpu('nfs', case, 'direct'))])
    table('nfs-cp in parallel', ['way', 'tool', 'MB/s', 'to direct', 'CPU-s/GB both', 'to direct'], rows)


def dedup():
    rows = []
    for case, tool in parts['dedup']:
        size, first, second = (of('dedup', case, tool, k) for k in ('file', 'first', 'second'))
        rows.append([case, show(size, 0), show(first), show(second), ratio(second, first, 3)])
    table('The same file twice through the relay: bytes of the stream, both directions',
          ['way', 'file MB', 'first MB', 'second MB', 'second to first'], rows)


for part, write in (('tunnels', tunnels), ('fair', fair), ('wan', wan), ('nfs', nfs), ('dedup', dedup)):
    if part in parts:
        write()
