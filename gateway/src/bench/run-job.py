#!/usr/bin/env python3
"""run-job.py SOCKET DATASET: starts the dataset's replication through the gateway's API and waits until it has ended.

What a schedule does, without the start of a JVM for the command line. Prints the job as JSON; exit 0 if it is done."""
import http.client, json, socket, sys


class Gateway(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__('localhost')
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(self.path)

    def ask(self, method, path, body=None):
        self.request(method, path, body, {'Content-Type': 'application/json'})
        answer = self.getresponse()
        text = answer.read()
        if answer.status >= 300:
            sys.exit(text.decode())
        return json.loads(text)


gateway = Gateway(sys.argv[1])
job = gateway.ask('POST', '/api/v1/datasets/%s/replications' % sys.argv[2], '{"peers": []}')
job = (job if isinstance(job, list) else job['jobs'])[0]
while job['state'].lower() not in ('done', 'failed', 'cancelled'):
    job = gateway.ask('GET', '/api/v1/jobs/' + job['id'] + '?wait=10000')
print(json.dumps(job))
sys.exit(0 if job['state'].lower() == 'done' else 1)
