// The service behind nginx and haproxy, with the settings that service/http/proxies recommends: uploads resume through them,
// events come at once.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import * as tus from 'tus-js-client'
import { EventSource } from 'eventsource'
import { Server, token } from './server.mjs'

const kMiB = 1 << 20
const recommended = '../../../service/http/proxies/'
const nginx_frame = `daemon off; master_process off; pid nginx.pid; error_log stderr;
events { worker_connections 512; }
http { access_log off; client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
       uwsgi_temp_path uwsgi; scgi_temp_path scgi; include stemlathe.conf; }
`
const installed = (name) => ['/usr/sbin/', '/usr/bin/', '/usr/local/sbin/'].map((folder) => folder + name).find(existsSync)
let server

before(async () => { server = await Server.start() })
after(async () => { await server.stop() })

async function free_port() {
    const one = net.createServer().listen(0, '127.0.0.1')
    await once(one, 'listening')
    const { port } = one.address()
    await new Promise((closed) => one.close(closed))
    return port
}

async function listens(port) {
    for (let tries = 0; tries < 500; ++tries) {
        const socket = net.connect(port, '127.0.0.1')
        const came = await new Promise((resolve) => {
            socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
        })
        socket.destroy()
        if (came) return
        await new Promise((wake) => setTimeout(wake, 20))
    }
    throw new Error(`nothing listens on port ${port}`)
}

/// @returns {url, stop}
async function proxy(name) {
    const folder = await mkdtemp(path.join(os.tmpdir(), `stemlathe-${name}-`))
    const port = await free_port()
    const front = `127.0.0.1:${port}`
    const file = name === 'nginx' ? 'nginx.conf' : 'haproxy.cfg'
    const settings = (await readFile(recommended + file, 'utf8')).replace('127.0.0.1:8080', server.listen)
        .replace('listen 80;', `listen ${front};`).replace('bind :80', `bind ${front}`)
    await writeFile(path.join(folder, name === 'nginx' ? 'stemlathe.conf' : file), settings)
    if (name === 'nginx') await writeFile(path.join(folder, file), nginx_frame)
    const words = name === 'nginx' ? ['-p', folder, '-c', path.join(folder, file), '-e', 'stderr'] : ['-db', '-f', path.join(folder, file)]
    const child = spawn(installed(name), words, { stdio: ['ignore', 'ignore', 'inherit'] })
    await listens(port)
    return {
        url: `http://${front}`,
        async stop() {
            const ended = once(child, 'exit')
            child.kill('SIGKILL')
            await ended
            await rm(folder, { recursive: true, force: true })
        },
    }
}

function upload(url, session, bytes, watch) {
    return new Promise((resolve, reject) => {
        new tus.Upload(bytes, {
            endpoint: url + '/v1/uploads',
            headers: { Authorization: `Bearer ${token}` },
            metadata: { session, role: 'attachment', filename: 'through.bin' },
            retryDelays: Array(60).fill(150),
            onError: reject,
            onSuccess: resolve,
            onProgress: watch,
        }).start()
    })
}

for (const name of ['nginx', 'haproxy']) {
    const skip = installed(name) ? false : `${name} is not installed on this machine`

    test(`an upload through ${name} survives a kill of the server in mid-body`, { skip }, async (t) => {
        const front = await proxy(name)
        t.after(front.stop)
        const session = (await server.ask('POST', '/v1/sessions', { title: name })).body.id
        const bytes = randomBytes(32 * kMiB)
        let killed = null
        await upload(front.url, session, bytes, (sent) => {
            if (!killed && sent > 10 * kMiB) killed = server.kill_and_restart()
        })
        assert.ok(killed, 'the upload was over before the kill')
        await killed
        const { body } = await server.ask('GET', `/v1/sessions/${session}/stems`)
        assert.equal(body.items[0].sha256, createHash('sha256').update(bytes).digest('hex'))
    })

    test(`events come through ${name} when they happen`, { skip }, async (t) => {
        const front = await proxy(name)
        t.after(front.stop)
        const session = (await server.ask('POST', '/v1/sessions', { title: name })).body.id
        const source = new EventSource(front.url + '/v1/events', {
            fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, Authorization: `Bearer ${token}` } }),
        })
        await once(source, 'open')
        for (let i = 0; i < 20; ++i) {
            const heard = once(source, 'comment.created', { signal: AbortSignal.timeout(10_000) })
            await server.ask('POST', `/v1/sessions/${session}/comments`, { text: `note ${i}` })
            await heard // one by one: nothing waits in the proxy until there is more
        }
        source.close()
    })
}
