#!/usr/bin/env python3
"""What the service costs: jobs of two clients through `stemlathe serve` against the same jobs by `stemlathe master`, and how
fast the API answers meanwhile.

usage: throughput.py STEMLATHE [--jobs 10] [--seconds 180]
"""
import argparse
import base64
import json
import os
import pathlib
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


def through_service(program, song, jobs, work):
    service = Service(program, work / "data")
    clients = {name: client_with_song(service, name, song) for name in ("A", "B")}
    begin = time.monotonic()
    renders = []
    # One client orders all it has before the other begins: the queue has to interleave them.
    for name, (token, session) in clients.items():
        for i in range(jobs // 2):
            render = service.ask("POST", f"/v1/sessions/{session}/renders", {"class": "bulk"}, token,
                                 {"Idempotency-Key": f"{name}{i}"})
            renders.append((name, render["id"]))
    latencies, done = [], threading.Event()

    def watch():
        while not done.is_set():
            start = time.monotonic()
            service.ask("GET", f"/v1/renders/{renders[0][1]}")
            latencies.append(time.monotonic() - start)
            time.sleep(0.02)

    watcher = threading.Thread(target=watch)
    watcher.start()
    while True:
        states = [service.ask("GET", f"/v1/renders/{render}") for _, render in renders]
        if all(state["state"] not in ("queued", "running") for state in states):
            break
        time.sleep(0.1)
    wall = time.monotonic() - begin
    done.set()
    watcher.join()
    assert all(state["state"] == "succeeded" for state in states), [state["problem"] for state in states]
    order = "".join(name for _, name in sorted((state["started"], name) for (name, _), state in zip(renders, states)))
    service.process.terminate()
    service.process.wait()
    return wall, order, sorted(latencies)


def by_master(program, song, jobs, work):
    begin = time.monotonic()
    for i in range(jobs):
        subprocess.run([program, "master", str(song), "--out", str(work / f"out{i}"), "--quiet"], check=True)
    return time.monotonic() - begin


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--jobs", type=int, default=10)
    parser.add_argument("--seconds", type=int, default=180)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        song = work / "song"
        subprocess.run([options.program, "demo", str(song), "--seconds", str(options.seconds), "--rate", "44100"],
                       check=True, stdout=subprocess.DEVNULL)
        for extra in ("comments.txt", "Reference_Mix.wav", "planted.json", "session.toml"):
            (song / extra).unlink(missing_ok=True)
        alone = by_master(options.program, song, options.jobs, work)
        wall, order, latencies = through_service(options.program, song, options.jobs, work)
        at = lambda part: latencies[min(len(latencies) - 1, int(part * len(latencies)))] * 1000
        print(f"{options.jobs} jobs of {options.seconds} s: master {alone:.1f} s, service {wall:.1f} s, "
              f"{100 * alone / wall:.0f} % of master's pace")
        print(f"started in the order {order}")
        print(f"API meanwhile, {len(latencies)} calls: p50 {at(0.5):.1f} ms, p99 {at(0.99):.1f} ms, worst {latencies[-1] * 1000:.1f} ms")


main()
