#!/usr/bin/env python3
"""What the service costs: jobs of two clients through `stemlathe serve` against the same jobs by `stemlathe master`, and how
fast the API answers meanwhile. In rounds, so that both sides take turns on a machine that others use too.

usage: throughput.py STEMLATHE [--jobs 10] [--seconds 180] [--rounds 1]
"""
import argparse
import base64
import json
import os
import pathlib
import resource
import shutil
import subprocess
import tempfile
import threading
import time
import urllib.request

TOKEN = "bench-token-0123456789abcdef"


class Service:
    def __init__(self, program, folder):
        self.process = subprocess.Popen(
            [program, "serve", "--data", str(folder), "--listen", "127.0.0.1:0"],
            env={**os.environ, "STEMLATHE_ADMIN_TOKEN": TOKEN},
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.url = self.process.stdout.readline().split()[-1]

    def processor_s(self):
        """Of the service and all that it has started, those that ended included."""
        total, tree = 0.0, {self.process.pid}
        stats = [file.read_text() for file in pathlib.Path("/proc").glob("[0-9]*/stat")]
        rows = sorted(([int(text.split()[0]), *text.rsplit(")", 1)[1].split()] for text in stats), key=lambda row: row[0])
        for row in rows:
            if row[0] in tree or int(row[2]) in tree:
                tree.add(row[0])
                total += sum(int(ticks) for ticks in row[12:16])
        return total / os.sysconf("SC_CLK_TCK")

    def ask(self, method, path, body=None, token=TOKEN, fields=None, data=None):
        request = urllib.request.Request(self.url + path, method=method)
        request.add_header("Authorization", f"Bearer {token}")
        for name, value in (fields or {}).items():
            request.add_header(name, value)
        if body is not None:
            data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, data) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def upload(self, session, token, file):
        words = {"session": session, "role": "stem", "filename": file.name}
        metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in words.items())
        data = file.read_bytes()
        self.ask("POST", "/v1/uploads", token=token, data=data, fields={
            "Tus-Resumable": "1.0.0", "Upload-Length": str(len(data)), "Upload-Metadata": metadata,
            "Content-Type": "application/offset+octet-stream"})


def client_with_song(service, name, song):
    client = service.ask("POST", "/v1/clients", {"name": name})["id"]
    token = service.ask("POST", "/v1/tokens", {"name": name, "client": client})["token"]
    session = service.ask("POST", "/v1/sessions", {"title": name}, token)["id"]
    for file in sorted(song.glob("0*.wav")):
        service.upload(session, token, file)
    while any(stem["state"] != "ready" for stem in service.ask("GET", f"/v1/sessions/{session}/stems", token=token)["items"]):
        time.sleep(0.05)
    return token, session


class Desk:
    """Two clients that order at one service, and how long it takes over what they order."""

    def __init__(self, program, song, work):
        self.service = Service(program, work / "data")
        self.clients = {name: client_with_song(self.service, name, song) for name in ("A", "B")}
        self.ordered = 0
        self.wall_s = 0.0
        self.processor_s = 0.0
        self.order = []  # of each round: whose job was started when
        self.latencies_s = []

    def run(self, jobs):
        begin, processor_s = time.monotonic(), self.service.processor_s()
        renders = self.order_all(jobs)
        done = threading.Event()
        watcher = threading.Thread(target=self.watch, args=(renders[0][1], done))
        watcher.start()
        states = [self.ended(render) for _, render in renders]
        self.wall_s += time.monotonic() - begin
        self.processor_s += self.service.processor_s() - processor_s
        done.set()
        watcher.join()
        assert all(state["state"] == "succeeded" for state in states), [state["problem"] for state in states]
        starts = sorted((state["started"], name) for (name, _), state in zip(renders, states))
        self.order.append("".join(name for _, name in starts))

    def order_all(self, jobs):
        """One client orders all it has before the other begins: the queue has to interleave them."""
        renders = []
        for name, (token, session) in self.clients.items():
            for _ in range(jobs // 2):
                self.ordered += 1
                render = self.service.ask("POST", f"/v1/sessions/{session}/renders", {"class": "bulk"}, token,
                                          {"Idempotency-Key": str(self.ordered)})
                renders.append((name, render["id"]))
        return renders

    def ended(self, render):
        """The render when it has ended; asked seldom, for whoever asks takes the processor from those who work."""
        while (state := self.service.ask("GET", f"/v1/renders/{render}"))["state"] in ("queued", "running"):
            time.sleep(0.25)
        return state

    def watch(self, render, done):
        while not done.is_set():
            start = time.monotonic()
            self.service.ask("GET", f"/v1/renders/{render}")
            self.latencies_s.append(time.monotonic() - start)
            time.sleep(0.1)

    def close(self):
        self.service.process.terminate()
        self.service.process.wait()


def ended_children_processor_s():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def by_master(program, song, jobs, work):
    begin = time.monotonic()
    for _ in range(jobs):
        subprocess.run([program, "master", str(song), "--out", str(work / "out"), "--quiet"], check=True)
    wall_s = time.monotonic() - begin
    shutil.rmtree(work / "out")
    return wall_s


def write_song(program, song, seconds):
    subprocess.run([program, "demo", str(song), "--seconds", str(seconds), "--rate", "44100"],
                   check=True, stdout=subprocess.DEVNULL)
    for extra in ("comments.txt", "Reference_Mix.wav", "planted.json", "session.toml"):
        (song / extra).unlink(missing_ok=True)


def report(options, alone_s, alone_processor_s, desk):
    latencies = sorted(desk.latencies_s)

    def at(part):
        return latencies[min(len(latencies) - 1, int(part * len(latencies)))] * 1000

    print(f"{options.jobs} jobs of {options.seconds} s in {options.rounds} rounds: master {alone_s:.1f} s, "
          f"service {desk.wall_s:.1f} s, {100 * alone_s / desk.wall_s:.0f} % of master's pace")
    print(f"processor, of each job: master {alone_processor_s / options.jobs:.2f} s, "
          f"service {desk.processor_s / options.jobs:.2f} s")
    print(f"started in the order {' '.join(desk.order)}")
    print(f"API meanwhile, {len(latencies)} calls: p50 {at(0.5):.1f} ms, p99 {at(0.99):.1f} ms, "
          f"worst {latencies[-1] * 1000:.1f} ms")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--jobs", type=int, default=10)
    parser.add_argument("--seconds", type=int, default=180)
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    per_round = options.jobs // options.rounds
    if per_round < 2 or per_round % 2 or per_round * options.rounds != options.jobs:
        parser.error("--jobs must be an even number of jobs for each of --rounds")
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        song = work / "song"
        write_song(options.program, song, options.seconds)
        desk = Desk(options.program, song, work)
        alone_s = 0.0
        before_s = ended_children_processor_s()  # the service has not ended when this is read again
        for number in range(options.rounds):
            # Each side is first as often as it is second: what else the machine does hits both.
            if number % 2:
                desk.run(per_round)
            alone_s += by_master(options.program, song, per_round, work)
            if number % 2 == 0:
                desk.run(per_round)
            print(f"round {number + 1}: master {alone_s:.1f} s, service {desk.wall_s:.1f} s so far", flush=True)
        report(options, alone_s, ended_children_processor_s() - before_s, desk)
        desk.close()


main()
