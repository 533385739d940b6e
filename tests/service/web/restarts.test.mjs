// Restarts and kills while there is work: every order has exactly one result, and a client that repeats what failed for now
// sees no error.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { Server, program, token } from './server.mjs'

const kRestarts = 20
const kKills = 5
const kRenders = 24
let server
let work

before(async () => {
    work = await mkdtemp(path.join(os.tmpdir(), 'stemlathe-song-'))
    execFileSync(program, ['demo', path.join(work, 'song'), '--seconds', '6'], { stdio: 'ignore' })
    server = await Server.start()
})
after(async () => {
    await server.stop()
    await rm(work, { recursive: true, force: true })
})

const pause = (ms) => new Promise((wake) => setTimeout(wake, ms))

/// As a client that repeats what failed for now: no answer, 429, 503, 507.
async function persist(method, where, body, fields = {}) {
    for (let tries = 0; tries < 300; ++tries) {
        try {
            const answer = await server.ask(method, where, body, fields)
            if (![429, 503, 507].includes(answer.status)) {
                assert.ok(answer.status < 500, `${method} ${where}: ${answer.status} ${JSON.stringify(answer.body)}`)
                return answer
            }
        } catch (error) {
            if (error.name === 'AssertionError') throw error
        }
        await pause(50)
    }
    throw new Error(`${method} ${where} was never answered`)
}

async function upload_song(session) {
    const folder = path.join(work, 'song')
    const names = (await readdir(folder)).filter((name) => /^\d.*\.wav$/.test(name))
    for (const name of names) {
        const bytes = await readFile(path.join(folder, name))
        const encoded = Object.entries({ session, role: 'stem', filename: name })
            .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`).join(',')
        const answer = await fetch(server.url + '/v1/uploads', {
            method: 'POST',
            headers: {
                Authorization: `Bearer ${token}`,
                'Tus-Resumable': '1.0.0',
                'Upload-Length': String(bytes.length),
                'Upload-Metadata': encoded,
                'Content-Type': 'application/offset+octet-stream',
            },
            body: bytes,
        })
        assert.equal(answer.status, 201)
    }
    for (;;) {
        const { body } = await server.ask('GET', `/v1/sessions/${session}/stems`)
        if (body.items.every((stem) => stem.state === 'ready')) return
        await pause(50)
    }
}

test(`${kRestarts} restarts and ${kKills} kills lose nothing`, async () => {
    const session = (await persist('POST', '/v1/sessions', { title: 'Restarts' })).body.id
    await upload_song(session)
    let disturbed = 0
    let failed = false
    const disturbing = (async () => {
        while (disturbed < kRestarts + kKills && !failed) {
            await pause(300)
            await (disturbed % 5 === 4 ? server.kill_and_restart() : server.restart())
            disturbed += 1
        }
    })()
    try {
        await order_and_compare(session)
    } catch (error) {
        failed = true // or the server would be started again after its end
        throw error
    } finally {
        await disturbing
    }
    assert.equal(disturbed, kRestarts + kKills)
    const listed = (await persist('GET', `/v1/sessions/${session}/renders?limit=100`)).body.items
    assert.equal(listed.length, kRenders)
})

/// Orders kRenders times the same, and finds the same bytes in each.
async function order_and_compare(session) {
    const renders = []
    for (let i = 0; i < kRenders; ++i) {
        const answer = await persist('POST', `/v1/sessions/${session}/renders`,
            { deliveries: ['archive'], class: 'bulk', plan: { masking: { fix: 'off' } } },
            { 'Idempotency-Key': `order-${i}` })
        assert.equal(answer.status, 202, JSON.stringify(answer.body))
        renders.push(answer.body.id)
        await pause(200)
    }
    assert.equal(new Set(renders).size, kRenders, 'an order was made twice')
    const digests = new Set()
    for (const id of renders) {
        let render
        for (;;) {
            render = (await persist('GET', `/v1/renders/${id}`)).body
            if (!['queued', 'running'].includes(render.state)) break
            await pause(100)
        }
        assert.equal(render.state, 'succeeded', JSON.stringify(render.problem))
        const audio = render.outputs.filter((output) => output.name.endsWith('.wav'))
        assert.equal(audio.length, 1)
        digests.add(audio[0].sha256)
    }
    assert.equal(digests.size, 1, 'the same order gave different bytes')
}
