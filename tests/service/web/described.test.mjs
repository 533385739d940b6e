// The API through a judge that knows nothing but openapi.json: Prism stands between and objects to every request or answer
// that the description does not have.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import { Server, token } from './server.mjs'

let server
let prism
let judged

before(async () => {
    server = await Server.start()
    prism = spawn('node_modules/.bin/prism', ['proxy', '../../../service/api/openapi.json', server.url,
        '--errors', '--host', '127.0.0.1', '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] })
    for await (const text of prism.stdout.iterator({ destroyOnReturn: false })) {
        const found = /Prism is listening on (http:\/\/[\d.:]+)/.exec(String(text))
        if (found) {
            judged = found[1]
            break
        }
    }
    prism.stdout.resume()
})
after(async () => {
    const ended = once(prism, 'exit')
    prism.kill('SIGTERM')
    await ended
    await server.stop()
})

/// One call through the judge. @returns {status, body, etag}
async function ask(method, where, body, fields = {}) {
    const answer = await fetch(judged + where, {
        method,
        headers: {
            Authorization: `Bearer ${token}`,
            ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
            ...fields,
        },
        body: body === undefined ? undefined : JSON.stringify(body),
    })
    const text = await answer.text()
    const document = text && answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text
    assert.ok(!String(document?.type ?? '').includes('stoplight.io'), `${method} ${where}: ${text}`)
    return { status: answer.status, body: document, etag: answer.headers.get('etag') }
}

test('what a house does in a day is as described', async () => {
    assert.equal((await ask('GET', '/healthz')).status, 200)
    assert.equal((await ask('GET', '/readyz')).status, 200)
    assert.equal((await ask('GET', '/v1/system')).status, 200)
    const client = (await ask('POST', '/v1/clients', { name: 'Label' })).body
    assert.equal((await ask('GET', `/v1/clients/${client.id}`)).body.name, 'Label')
    const made = await ask('POST', '/v1/tokens', { name: 'desk', client: client.id })
    assert.equal(made.status, 201)
    const preset = await ask('POST', '/v1/presets', { name: 'Loud', plan: { bus: { limiter: 'off' } }, deliveries: ['cd'] })
    assert.equal(preset.status, 201)
    const session = await ask('POST', '/v1/sessions', { title: 'Judged', client: client.id, preset: preset.body.id })
    assert.equal(session.status, 201)
    const place = `/v1/sessions/${session.body.id}`
    assert.equal((await ask('GET', place)).status, 200)
    assert.equal((await ask('GET', place, undefined, { 'If-None-Match': session.etag })).status, 304)
    assert.equal((await ask('PATCH', place, { artist: 'The Judges' }, { 'If-Match': session.etag, 'Content-Type': 'application/merge-patch+json' })).status, 200)
    assert.equal((await ask('PATCH', place, { artist: 'Late' }, { 'If-Match': session.etag, 'Content-Type': 'application/merge-patch+json' })).status, 412)
    const plan = await ask('POST', `${place}/plans`, { plan: { bus: { multiband: 'off' } } })
    assert.equal(plan.status, 201)
    const comment = await ask('POST', `${place}/comments`, { text: '0:47 - vocal too harsh' })
    assert.equal(comment.body.start_s, 47)
    assert.equal((await ask('GET', `${place}/comments`)).body.items.length, 1)
    assert.equal((await ask('POST', `${place}/renders`, {}, { 'Idempotency-Key': 'a' })).status, 409)
    assert.equal((await ask('POST', `${place}/rounds`, undefined, { 'Idempotency-Key': 'b' })).status, 201)
    const share = await ask('POST', `${place}/shares`, { recipient: 'The Judges' })
    assert.equal(share.status, 201)
    assert.equal((await ask('DELETE', `${place}/shares/${share.body.id}`)).status, 204)
    assert.equal((await ask('GET', '/v1/events?after=0&limit=50', undefined, { Accept: 'application/json' })).status, 200)
    for (const list of ['stems', 'plans', 'renders', 'rounds', 'approvals', 'deliveries', 'shares']) {
        assert.equal((await ask('GET', `${place}/${list}`)).status, 200, list)
    }
    for (const list of ['sessions', 'clients', 'tokens', 'presets', 'jobs']) {
        assert.equal((await ask('GET', `/v1/${list}`)).status, 200, list)
    }
    assert.equal((await ask('GET', '/v1/sessions/ses_none')).status, 404)
    assert.equal((await ask('GET', '/problems/stale-version')).status, 200)
})
