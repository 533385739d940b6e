// Uploads by the client that browsers use, through server kills and cut links: the bytes are the same.
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import * as tus from 'tus-js-client'
import { Server, cutting_proxy, token } from './server.mjs'

const kMiB = 1 << 20
let server

before(async () => { server = await Server.start() })
after(async () => { await server.stop() })

function upload(url, session, name, bytes, watch = () => {}) {
    return new Promise((resolve, reject) => {
        const job = new tus.Upload(bytes, {
            endpoint: url + '/v1/uploads',
            headers: { Authorization: `Bearer ${token}` },
            metadata: { session, role: 'attachment', filename: name },
            chunkSize: 4 * kMiB,
            retryDelays: Array(60).fill(150),
            onError: reject,
            onSuccess: () => resolve(job),
            onChunkComplete: (size, sent) => watch(sent),
            onProgress: (sent) => watch(sent),
        })
        job.start()
    })
}

async function digest_in(session, name) {
    for (let tries = 0; tries < 100; ++tries) {
        const { body } = await server.ask('GET', `/v1/sessions/${session}/stems`)
        const stem = body.items.find((item) => item.filename === name)
        if (stem?.sha256) return stem.sha256
        await new Promise((wake) => setTimeout(wake, 50))
    }
    throw new Error(`${name} never came`)
}

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex')

test('an upload survives five kills of the server', async () => {
    const session = (await server.ask('POST', '/v1/sessions', { title: 'Kills' })).body.id
    const bytes = randomBytes(48 * kMiB)
    const at = [4, 12, 21, 30, 41].map((mib) => mib * kMiB)
    let restarting = Promise.resolve()
    await upload(server.url, session, 'kills.bin', bytes, (sent) => {
        if (at.length && sent >= at[0]) {
            at.shift()
            restarting = restarting.then(() => server.kill_and_restart())
        }
    })
    await restarting
    assert.equal(at.length, 0)
    assert.equal(await digest_in(session, 'kills.bin'), sha256(bytes))
})

test('an upload survives a link that is cut again and again', async () => {
    const session = (await server.ask('POST', '/v1/sessions', { title: 'Cuts' })).body.id
    const bytes = randomBytes(24 * kMiB)
    let seed = 7
    const proxy = await cutting_proxy(server.url, () => {
        seed = (seed * 48271) % 2147483647
        return 200_000 + seed % (3 * kMiB)
    })
    try {
        await upload(proxy.url, session, 'cuts.bin', bytes)
        assert.ok(proxy.cuts() >= 5, `${proxy.cuts()} cuts`)
    } finally {
        proxy.close()
    }
    assert.equal(await digest_in(session, 'cuts.bin'), sha256(bytes))
})

test('parts that are sent side by side become one file', async () => {
    const session = (await server.ask('POST', '/v1/sessions', { title: 'Parts' })).body.id
    const bytes = randomBytes(9 * kMiB + 17)
    await new Promise((resolve, reject) => {
        new tus.Upload(bytes, {
            endpoint: server.url + '/v1/uploads',
            headers: { Authorization: `Bearer ${token}` },
            metadata: { session, role: 'attachment', filename: 'parts.bin' },
            parallelUploads: 3,
            retryDelays: [100, 200],
            onError: reject,
            onSuccess: resolve,
        }).start()
    })
    assert.equal(await digest_in(session, 'parts.bin'), sha256(bytes))
})
