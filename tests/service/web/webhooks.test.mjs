// Webhooks end to end, verified by the library that receivers use (standardwebhooks).
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import http from 'node:http'
import https from 'node:https'
import os from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { Webhook } from 'standardwebhooks'
import { Server } from './server.mjs'

const kInside = `[webhooks]
allow_http = true
allow_private = true
timeout_s = 1
retry_s = [0.2, 0.2, 0.2, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]
`
const kLease_ms = 6000 // timeout_s and five seconds
const kCrashStatus = 86
const pause = (ms) => new Promise((wake) => setTimeout(wake, ms))

/// Takes what is posted to it and answers as it is told.
class Receiver {
    seen = []
    answer = () => 204

    static async start({ port = 0, tls = null } = {}) {
        const receiver = new Receiver()
        const take = (request, response) => {
            const pieces = []
            request.on('data', (piece) => pieces.push(piece))
            request.on('end', () => {
                const body = Buffer.concat(pieces).toString()
                const event = JSON.parse(body)
                const status = receiver.answer(event, request)
                const more = status === 307 ? { Location: `http://127.0.0.1:${receiver.port}/elsewhere` } : {}
                receiver.seen.push({ id: request.headers['webhook-id'], headers: request.headers, body, event, status, url: request.url })
                response.writeHead(status, more).end()
            })
        }
        receiver.server = tls ? https.createServer(tls, take) : http.createServer(take)
        receiver.server.listen(port, '127.0.0.1')
        await once(receiver.server, 'listening')
        receiver.port = receiver.server.address().port
        return receiver
    }

    get delivered() {
        return this.seen.filter((one) => one.status === 204)
    }

    async until(condition, what) {
        for (let tries = 0; tries < 400; ++tries) {
            if (condition(this)) return
            await pause(50)
        }
        throw new Error(`${what} did not happen; seen: ${JSON.stringify(this.seen.map((one) => [one.event.type, one.status]))}`)
    }

    async stop() {
        this.server.closeAllConnections()
        this.server.close()
        await once(this.server, 'close')
    }
}

async function free_port() {
    const receiver = await Receiver.start()
    await receiver.stop()
    return receiver.port
}

/// A service and what it says in answers, but the two that show a secret.
async function with_server(options, use) {
    const server = await Server.start(options)
    let log = ''
    try {
        await use(server)
    } finally {
        log = await server.stop()
    }
    return log
}

async function hook(server, url, more = {}) {
    const made = await server.ask('POST', '/v1/webhooks', { url, ...more })
    assert.equal(made.status, 201, JSON.stringify(made.body))
    return made.body
}

async function deliveries(server, id, state = '') {
    return (await server.ask('GET', `/v1/webhooks/${id}/deliveries?limit=200${state && `&state=${state}`}`)).body.items
}

async function until_delivery(server, id, fits) {
    for (let tries = 0; tries < 400; ++tries) {
        const found = (await deliveries(server, id)).find(fits)
        if (found) return found
        await pause(50)
    }
    throw new Error('no delivery came to that: ' + JSON.stringify(await deliveries(server, id)))
}

function assert_in_order(seen) {
    const last = new Map()
    for (const { event } of seen) {
        assert.ok(event.id > (last.get(event.subject) ?? 0), `${event.type} of ${event.subject} came out of order`)
        last.set(event.subject, event.id)
    }
}

/// Every file below a folder, as text.
async function text_of_files(folder) {
    let text = ''
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
        if (entry.isFile()) text += (await readFile(path.join(entry.parentPath ?? entry.path, entry.name))).toString('latin1')
    }
    return text
}

test('what happened while a receiver was down arrives, signed, in order, once', async () => {
    const port = await free_port()
    let secret
    let text = ''
    const log = await with_server({ config: kInside }, async (server) => {
        const made = await hook(server, `http://127.0.0.1:${port}/hooks?key=1`, { types: ['session.*', 'comment.*'] })
        secret = made.secret
        const songs = []
        for (let i = 0; i < 4; ++i) songs.push((await server.ask('POST', '/v1/sessions', { title: `Song ${i}` })).body.id)
        const comments = []
        for (const song of songs) {
            const where = `/v1/sessions/${song}/comments`
            const comment = (await server.ask('POST', where, { text: '0:01 - loud' })).body.id
            comments.push(comment)
            for (const text of ['louder', 'softer']) {
                assert.equal((await server.ask('PATCH', `${where}/${comment}`, { text }, { 'If-Match': '*' })).status, 200)
            }
        }
        await pause(1500)
        const waiting = await deliveries(server, made.id, 'waiting')
        assert.equal(waiting.length, 16)
        assert.ok(waiting.some((one) => one.attempts > 1 && one.last_status === null && one.last_error.includes('connect')), JSON.stringify(waiting[0]))

        const receiver = await Receiver.start({ port })
        let count = 0
        receiver.answer = () => (++count % 3 === 0 ? 500 : 204) // still unwell
        await receiver.until((one) => one.delivered.length === 16, 'everything')
        await until_delivery(server, made.id, () => true)
        const webhook = new Webhook(secret)
        for (const one of receiver.seen) {
            assert.deepEqual(webhook.verify(one.body, one.headers), one.event)
            assert.throws(() => webhook.verify(one.body.replace('session', 'Session'), one.headers))
            assert.equal(one.url, '/hooks?key=1')
            assert.equal(one.headers['content-type'], 'application/json')
        }
        assert.equal(new Set(receiver.delivered.map((one) => one.id)).size, 16, 'nothing came twice')
        assert_in_order(receiver.delivered)
        for (const comment of comments) {
            assert.deepEqual(receiver.delivered.filter((one) => one.event.subject === comment).map((one) => one.event.type),
                ['comment.created', 'comment.changed', 'comment.changed'])
        }
        // The same id in every attempt.
        const failed = receiver.seen.find((one) => one.status === 500)
        assert.ok(receiver.delivered.some((one) => one.id === failed.id && one.body === failed.body))
        for (const where of ['/v1/webhooks', `/v1/webhooks/${made.id}`, `/v1/webhooks/${made.id}/deliveries`, '/v1/events?limit=200&after=0']) {
            text += JSON.stringify((await server.ask('GET', where, undefined, { Accept: 'application/json' })).body)
        }
        text += await text_of_files(server.data)
        await receiver.stop()
    })
    assert.ok(text.includes('comment.changed') && log.includes('webhook not delivered'))
    for (const [where, all] of [['data and answers', text], ['the log', log]]) {
        assert.ok(!all.includes(secret.slice(6)), `the secret is in ${where}`)
        assert.ok(!all.includes(Buffer.from(secret.slice(6), 'base64').toString('latin1')), `its bytes are in ${where}`)
    }
    assert.ok(!log.includes('key=1'), 'what may be a secret of the address is in the log')
})

test('a server that dies between sending and noting sends it again', async () => {
    const receiver = await Receiver.start()
    await with_server({ config: kInside, env: { STEMLATHE_CRASH_AT: 'webhook_before_note:1' } }, async (server) => {
        const made = await hook(server, `http://127.0.0.1:${receiver.port}/`)
        const listen = server.listen
        await server.ask('POST', `/v1/webhooks/${made.id}:test`)
        assert.equal(await server.ended(), kCrashStatus)
        assert.equal(receiver.seen.length, 1)
        server.env = {}
        await server.run(listen)
        assert.equal((await deliveries(server, made.id))[0].state, 'waiting')
        await receiver.until((one) => one.seen.length === 2, `the second time, after ${kLease_ms} ms`)
        const [first, second] = receiver.seen
        assert.equal(first.id, second.id)
        assert.equal(first.body, second.body)
        new Webhook(made.secret).verify(second.body, second.headers)
        await until_delivery(server, made.id, (one) => one.state === 'delivered' && one.attempts === 2)
    })
    await receiver.stop()
})

test('nothing goes to addresses that are not public, by number or by name', async () => {
    const receiver = await Receiver.start()
    await with_server({ config: '[webhooks]\nallow_http = true\nretry_s = [0.1]\n' }, async (server) => {
        for (const host of ['127.0.0.1', '127.1', '[::1]', '[::ffff:127.0.0.1]', '10.0.0.1', '169.254.169.254']) {
            const refused = await server.ask('POST', '/v1/webhooks', { url: `http://${host}:${receiver.port}/` })
            assert.equal(refused.status, 422, host)
            assert.equal(refused.body.errors[0].pointer, '/url')
            assert.match(refused.body.errors[0].message, /public addresses/)
        }
        const made = await hook(server, `http://localhost:${receiver.port}/`)
        await server.ask('POST', `/v1/webhooks/${made.id}:test`)
        const given_up = await until_delivery(server, made.id, (one) => one.state === 'given_up')
        assert.match(given_up.last_error, /loopback address/)
        assert.equal(given_up.attempts, 2)
    })
    assert.equal(receiver.seen.length, 0)
    await receiver.stop()
})

test('a redirection is a failure, and 410 ends it', async () => {
    const receiver = await Receiver.start()
    await with_server({ config: kInside.replace(/retry_s.*/, 'retry_s = [0.1]') }, async (server) => {
        const made = await hook(server, `http://127.0.0.1:${receiver.port}/`)
        receiver.answer = () => 307
        await server.ask('POST', `/v1/webhooks/${made.id}:test`)
        const given_up = await until_delivery(server, made.id, (one) => one.state === 'given_up')
        assert.equal(given_up.last_status, 307)
        assert.match(given_up.last_error, /not followed/)
        assert.ok(receiver.seen.every((one) => one.url === '/'), 'it went elsewhere')

        receiver.answer = () => 204
        await server.ask('POST', `/v1/webhooks/${made.id}/deliveries/${given_up.id}:redeliver`)
        await until_delivery(server, made.id, (one) => one.id === given_up.id && one.state === 'delivered')
        assert.equal(receiver.delivered[0].id, given_up.id)

        receiver.answer = () => 410
        await server.ask('POST', `/v1/webhooks/${made.id}:test`)
        await until_delivery(server, made.id, (one) => one.last_status === 410)
        const gone = (await server.ask('GET', `/v1/webhooks/${made.id}`)).body
        assert.equal(gone.enabled, false)
        assert.equal(gone.disabled_why, 'gone')
        const events = (await server.ask('GET', '/v1/events?limit=200&after=0', undefined, { Accept: 'application/json' })).body.items
        const told = events.filter((one) => one.type === 'webhook.disabled')
        assert.deepEqual(told.map((one) => [one.subject, one.data.reason]), [[made.id, 'gone']])
    })
    await receiver.stop()
})

test('after a rotation both secrets verify', async () => {
    const receiver = await Receiver.start()
    await with_server({ config: kInside }, async (server) => {
        const made = await hook(server, `http://127.0.0.1:${receiver.port}/`)
        const rotated = (await server.ask('POST', `/v1/webhooks/${made.id}:rotate`)).body
        assert.notEqual(rotated.secret, made.secret)
        await server.ask('POST', `/v1/webhooks/${made.id}:test`)
        await receiver.until((one) => one.delivered.length === 1, 'the test')
        const { body, headers } = receiver.delivered[0]
        for (const secret of [made.secret, rotated.secret]) new Webhook(secret).verify(body, headers)
        assert.throws(() => new Webhook(made.secret.replace(/_.{8}/, '_AAAAAAAA')).verify(body, headers))
        // A restart opens both with the key that it kept.
        await server.restart()
        await server.ask('POST', `/v1/webhooks/${made.id}:test`)
        await receiver.until((one) => one.delivered.length === 2, 'the test after the restart')
        for (const secret of [made.secret, rotated.secret]) new Webhook(secret).verify(receiver.delivered[1].body, receiver.delivered[1].headers)
    })
    await receiver.stop()
})

test('https is judged by its certificate', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'stemlathe-tls-'))
    const [key, cert] = ['key.pem', 'cert.pem'].map((name) => path.join(folder, name))
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
        '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert], { stdio: 'ignore' })
    const receiver = await Receiver.start({ tls: { key: await readFile(key), cert: await readFile(cert) } })
    const config = kInside.replace('allow_http = true', '').replace(/retry_s.*/, 'retry_s = [0.1]')
    await with_server({ config, env: { SSL_CERT_FILE: cert } }, async (server) => {
        const made = await hook(server, `https://localhost:${receiver.port}/`)
        await server.ask('POST', `/v1/webhooks/${made.id}:test`)
        await receiver.until((one) => one.delivered.length === 1, 'the test')
        const refused = await server.ask('POST', '/v1/webhooks', { url: `http://localhost:${receiver.port}/` })
        assert.equal(refused.status, 422)
        const other_name = await hook(server, `https://127.0.0.1:${receiver.port}/`)
        await server.ask('POST', `/v1/webhooks/${other_name.id}:test`)
        await until_delivery(server, other_name.id, (one) => one.state === 'given_up')
    })
    await with_server({ config }, async (server) => {
        const made = await hook(server, `https://localhost:${receiver.port}/`)
        await server.ask('POST', `/v1/webhooks/${made.id}:test`)
        const given_up = await until_delivery(server, made.id, (one) => one.state === 'given_up')
        assert.match(given_up.last_error, /certificate/)
    })
    assert.equal(receiver.seen.length, 1)
    await receiver.stop()
    await rm(folder, { recursive: true })
})
