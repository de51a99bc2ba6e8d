"""Two real gateways on the loopback interface, for the benchmarks beside this file: made, started, enrolled, asked and ended."""
import http.client, json, os, pathlib, socket, subprocess, sys, time

CULVERT = str(pathlib.Path(__file__).resolve().parents[3] / 'culvert')


class Gateway(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__('localhost')
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(self.path)


def ask(path, method, target, body=None):
    gateway = Gateway(path)
    gateway.request(method, target, body, {'Content-Type': 'application/json'})
    answer = gateway.getresponse()
    text = answer.read()
    gateway.close()
    if answer.status >= 300:
        sys.exit(text.decode())
    return json.loads(text)


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


class Site:
    def __init__(self, directory, name, peer, culvert=CULVERT, checkpoints='embedded: true'):
        self.culvert, self.checkpoints = culvert, checkpoints
        self.directory, self.name, self.peer = directory / name, name, peer
        self.port, self.admin = free_port(), free_port()
        self.socket = self.directory / 'admin.sock'
        self.run('init', '--site', name, '--dir', str(self.directory))

    def run(self, *arguments):
        command = [self.culvert, *arguments]
        if arguments[0] != 'init':
            command += ['--config', str(self.directory / 'site.yaml')]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            sys.exit(' '.join(command) + ': ' + done.stderr)
        return done.stdout

    def write(self, rest):
        (self.directory / 'site.yaml').write_text(f'''site: {self.name}
stateDir: {self.directory}
listen: 127.0.0.1:{self.port}
advertise: 127.0.0.1:{self.port}
admin: {{listen: "127.0.0.1:{self.admin}"}}
checkpoints: {{{self.checkpoints}}}
pools: {{main: {{path: {self.directory}/pool}}}}
grants: {{{self.peer}: {{write: [main]}}}}
{rest}''')

    def start(self):
        log = open(self.directory / 'gateway.log', 'w')
        self.process = subprocess.Popen(
            [self.culvert, 'gateway', '--config', str(self.directory / 'site.yaml')], stdout=log, stderr=log)
        until(lambda: self.socket.exists())

    def sent(self):
        return [p['stream'] for p in ask(self.socket, 'GET', '/api/v1/peers')][0]

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


def until(condition):
    end = time.monotonic() + 60
    while not condition():
        if time.monotonic() > end:
            sys.exit('nothing came of it within a minute')
        time.sleep(0.05)


def noise(file, total):
    with open(file, 'wb') as out:
        for _ in range(total >> 20):
            out.write(os.urandom(1 << 20))


def enrol(near, far):
    """Starts both, and returns when the stream is up."""
    near.start()
    far.start()
    far.run('peer', 'join', near.run('peer', 'invite', far.name).strip().splitlines()[-1])
    until(lambda: near.sent()['state'].lower() == 'up')
