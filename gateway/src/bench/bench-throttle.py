#!/usr/bin/env python3
"""bench-throttle.py [CULVERT]: how exactly, and how soon, a gateway keeps to `bandwidth`.

Two real gateways on the loopback interface replicate noise while the limit is changed by a reload. The bytes that the TCP
connection carried, TLS and all, are read from the gateway's API every 50 ms. For each limit this prints the rate over its
whole time but the first second, the lowest and highest over any one second of that, and how long after the reload a window of
250 ms first kept to the new limit within 5 %. Needs no root; ends by itself after about a minute and a half."""
import bisect, pathlib, shutil, signal, sys, tempfile, threading, time
sys.dont_write_bytecode = True
from sites import CULVERT, Site, ask, enrol, noise, until

PROGRAM = sys.argv[1] if len(sys.argv) > 1 else CULVERT
LIMITS = [80, 20, 160, 40]  # Mbit/s, in this order
SECONDS = 10
EVERY = 0.05


def main():
    directory = pathlib.Path(tempfile.mkdtemp(prefix='culvert-throttle-'))
    near, far = Site(directory, 'near', 'far', PROGRAM), Site(directory, 'far', 'near', PROGRAM)
    data = directory / 'noise'
    data.mkdir()
    total = sum(LIMITS) * SECONDS * 1_000_000 // 8 * 3 // 2
    noise(data / 'bytes', total)

    def limit(mbit):
        near.write(f'''peers: {{far: {{bandwidth: [{{limit: {mbit}Mbit/s}}]}}}}
datasets: {{noise: {{kind: tree, path: {data}, replicateTo: [{{peer: far, pool: main}}]}}}}
''')

    limit(LIMITS[0])
    far.write('')
    enrol(near, far)
    ask(near.socket, 'POST', '/api/v1/datasets/noise/replications', '{"peers": []}')
    until(lambda: near.sent()['sentBytes'] > 1 << 20)

    samples, changes, over = [], [], threading.Event()

    def watch():
        while not over.is_set():
            samples.append((time.monotonic(), near.sent()['sentBytes']))
            time.sleep(EVERY)

    watcher = threading.Thread(target=watch)
    watcher.start()
    for mbit in LIMITS:
        limit(mbit)
        near.process.send_signal(signal.SIGHUP)
        changes.append((time.monotonic(), mbit))
        time.sleep(SECONDS)
    over.set()
    watcher.join()
    near.stop()
    far.stop()
    shutil.rmtree(directory)
    report(samples, changes)


def report(samples, changes):
    times = [at for at, _ in samples]

    def rate(start, end):  # Mbit/s, interpolated between samples
        def bytes_at(t):
            i = min(max(bisect.bisect_left(times, t), 1), len(times) - 1)
            (t0, b0), (t1, b1) = samples[i - 1], samples[i]
            return b0 + (b1 - b0) * (t - t0) / (t1 - t0)
        return (bytes_at(end) - bytes_at(start)) * 8 / 1e6 / (end - start)

    print('| limit Mbit/s | measured | off by | any one second | kept after |')
    print('|---|---|---|---|---|')
    for i, (began, mbit) in enumerate(changes):
        end = changes[i + 1][0] if i + 1 < len(changes) else times[-1]
        whole = rate(began + 1, end)
        seconds = [rate(t, t + 1) for t in times if began + 1 <= t <= end - 1]
        kept = next((t - began for t in times if t >= began + 0.25 and abs(rate(t - 0.25, t) / mbit - 1) <= 0.05), None)
        print(f'| {mbit} | {whole:.2f} | {100 * (whole / mbit - 1):+.1f} % | {min(seconds):.1f} to {max(seconds):.1f} | '
              + ('never |' if kept is None else f'{kept:.2f} s |'))


main()
