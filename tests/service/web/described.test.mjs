// The API through a judge that knows nothing but openapi.json: Prism stands between and objects to every request or answer
// that the description does not have.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { Server, program, token } from './server.mjs'

const description = '../../../service/api/openapi.json'
// Bodies of a gigabyte and streams without an end: Prism would hold them back. Other tests of this folder send them.
const kNotThroughPrism = new Set(['options', 'post', 'head', 'patch', 'delete'].flatMap((method) =>
    [`${method} /v1/uploads`, `${method} /v1/uploads/{upload}`]))

let server
let prism
let judged
let operations
const seen = new Set()

before(async () => {
    const { paths } = JSON.parse(await readFile(description, 'utf8'))
    operations = Object.entries(paths).flatMap(([where, methods]) => Object.keys(methods).map((method) => ({
        name: `${method} ${where}`,
        method,
        fits: new RegExp(`^${where.replaceAll('.', '\\.').replace('{name}', '.+').replace(/\{[a-z]+\}/g, '[^/:]+')}$`),
    })))
    server = await Server.start()
    prism = spawn('node_modules/.bin/prism', ['proxy', description, server.url,
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
    const plain = where.replace(/\?.*/, '')
    seen.add(operations.find((one) => one.method === method.toLowerCase() && one.fits.test(plain)).name)
    const answer = await fetch(judged + where, {
        method,
        headers: {
            Authorization: `Bearer ${token}`,
            ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
            ...fields,
        },
        body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
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

const patch = { 'Content-Type': 'application/merge-patch+json' }
const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
const key = () => ({ 'Idempotency-Key': `key-${seen.size}-${Math.random()}` })

/// A short song's stems, sent past Prism. @returns when all are ready
async function send_stems(session) {
    const folder = path.join(server.data, 'song')
    execFileSync(program, ['demo', folder, '--seconds', '4'], { stdio: 'ignore' })
    const base64 = (text) => Buffer.from(text).toString('base64')
    for (const file of (await readdir(folder)).filter((name) => /^0.*wav$/.test(name))) {
        const bytes = await readFile(path.join(folder, file))
        const answer = await fetch(server.url + '/v1/uploads', {
            method: 'POST',
            headers: {
                Authorization: `Bearer ${token}`,
                'Tus-Resumable': '1.0.0',
                'Upload-Length': String(bytes.length),
                'Upload-Metadata': `session ${base64(session)},role ${base64('stem')},filename ${base64(file)}`,
                'Content-Type': 'application/offset+octet-stream',
            },
            body: bytes,
        })
        assert.equal(answer.status, 201)
    }
    for (;;) {
        const { items } = (await server.ask('GET', `/v1/sessions/${session}/stems`)).body
        if (items.every((stem) => stem.state === 'ready')) return items
        await new Promise((wake) => setTimeout(wake, 100))
    }
}

async function finished(render) {
    for (;;) {
        const { body } = await ask('GET', `/v1/renders/${render}`, undefined, { Prefer: 'wait=30' })
        if (!['queued', 'running'].includes(body.state)) return body
    }
}

test('a song on its way from stems to delivery is as described', async () => {
    const session = (await ask('POST', '/v1/sessions', { title: 'Way' })).body
    const place = `/v1/sessions/${session.id}`
    const [first, second] = await send_stems(session.id)
    const stem = await ask('GET', `${place}/stems/${first.id}`)
    assert.equal((await ask('PATCH', `${place}/stems/${first.id}`, { priority: 2 }, { ...patch, 'If-Match': stem.etag })).status, 200)
    const spare = await ask('GET', `${place}/stems/${second.id}`)
    assert.equal((await ask('DELETE', `${place}/stems/${second.id}`, undefined, { 'If-Match': spare.etag })).status, 204)

    assert.equal((await ask('POST', `${place}/plans:validate`, { plan: { bus: { limiter: 'off' } } })).status, 200)
    const plan = await ask('POST', `${place}/plans`, { plan: { bus: { multiband: 'off' } } })
    const read = await ask('GET', `${place}/plans/${plan.body.id}`)
    assert.equal((await ask('PUT', `${place}/plans/${plan.body.id}`, { plan: {} }, { 'If-Match': read.etag })).status, 200)
    const suggestion = await ask('POST', `${place}/plans:suggest`, undefined, key())
    assert.equal(suggestion.status, 202)

    const ordered = await ask('POST', `${place}/renders`, { deliveries: ['streaming', 'cd'] }, key())
    assert.equal(ordered.status, 202)
    const render = await finished(ordered.body.id)
    assert.equal(render.state, 'succeeded')
    const at = `/v1/renders/${render.id}`
    assert.equal((await ask('POST', `${at}:cancel`)).status, 409)
    assert.equal((await ask('GET', `${at}/report`, undefined, { Accept: 'application/json' })).body.schema, 'stemlathe.report/1')
    assert.equal((await ask('GET', `${at}/report`, undefined, { Accept: 'text/html' })).status, 200)
    assert.equal((await ask('GET', `${at}/media`, undefined, { Range: 'bytes=0-999' })).status, 206)
    assert.equal((await ask('GET', `${at}/peaks?px=100`)).body.low.length, 100)
    assert.equal((await ask('GET', render.outputs.find((one) => one.name === 'plan.toml').url)).status, 200)

    const comment = await ask('POST', `${place}/comments`, { text: '0:02 - more air' })
    const at_comment = `${place}/comments/${comment.body.id}`
    assert.equal((await ask('GET', at_comment)).status, 200)
    assert.equal((await ask('PATCH', at_comment, { text: 'more air, please' }, { ...patch, 'If-Match': comment.etag })).status, 200)
    assert.equal((await ask('POST', `${at_comment}:resolve`, {})).body.state, 'resolved')
    const open = await ask('POST', `${at_comment}:reopen`)
    assert.equal((await ask('DELETE', at_comment, undefined, { 'If-Match': open.etag })).status, 204)

    const approval = await ask('POST', `${place}/approvals`, { render: render.id }, key())
    assert.equal(approval.status, 201)
    const delivery = (await ask('POST', `${place}/deliveries`, { render: render.id }, key())).body
    assert.equal((await ask('GET', `${place}/deliveries/${delivery.id}`)).status, 200)
    assert.equal((await ask('GET', `${place}/deliveries/${delivery.id}/archive`, undefined, { Range: 'bytes=0-99' })).status, 206)
    assert.equal((await ask('POST', `${place}/approvals/${approval.body.id}:withdraw`)).status, 200)

    const share = (await ask('POST', `${place}/shares`, { recipient: 'Ada' })).body
    assert.equal((await ask('GET', share.url)).status, 200)
    const guarded = (await ask('POST', `${place}/shares`, { recipient: 'Bea', password: 'correct horse' })).body
    assert.equal((await ask('POST', guarded.url, 'password=wrong', { ...form, Accept: 'application/json' })).status, 401)
    const opened = await ask('POST', guarded.url, 'password=correct+horse', { ...form, Accept: 'application/json' })
    assert.match(opened.body.token, /^pas_/)
    const quick = await ask('POST', '/v1/quick', { session: session.id, preset: null, title: 'Way home', class: 'preview' }, key())
    assert.equal(quick.status, 202)
    assert.equal((await finished(quick.body.render.id)).state, 'succeeded')
    const compared = await ask('POST', `${place}/comparisons`, { a: render.id, b: quick.body.render.id }, key())
    assert.equal(compared.status, 202)
    let comparison
    do {
        comparison = (await ask('GET', `${place}/compare?a=${render.id}&b=${quick.body.render.id}`, undefined, { Prefer: 'wait=30' })).body
    } while (['queued', 'running'].includes(comparison.state))
    assert.equal(comparison.state, 'succeeded')
    assert.equal(comparison.result.bands.length, 27)
    assert.equal((await ask('GET', `${place}/renders?state=succeeded&updated_since=2026-01-01T00:00:00Z`)).body.items.length, 2)
    assert.equal((await ask('GET', `/v1/jobs/${suggestion.body.id}`, undefined, { Prefer: 'wait=30' })).status, 200)
    const now = await ask('GET', place)
    const remove = async () => ask('DELETE', place, undefined, { 'If-Match': (await ask('GET', place)).etag })
    assert.equal((await ask('DELETE', place, undefined, { 'If-Match': now.etag })).status, 204)
    assert.equal((await ask('POST', `${place}:undelete`)).status, 200)
    assert.equal((await remove()).status, 204)
    assert.ok([204, 409].includes((await ask('POST', `${place}:purge`)).status))
})

test('what the house keeps in order is as described', async () => {
    for (const where of ['/metrics', '/openapi.json', '/admin?code=slk_a_b']) {
        assert.equal((await ask('GET', where)).status, 200, where)
    }
    assert.equal((await ask('POST', '/admin', 'code=slk_a_b', form)).status, 401)
    assert.equal((await ask('POST', '/v1/sign-in', { code: 'slk_a_b' })).status, 401)
    assert.ok((await ask('GET', '/v1/workers')).body.items.length >= 1)
    const client = (await ask('POST', '/v1/clients', { name: 'Other' })).body
    assert.equal((await ask('PATCH', `/v1/clients/${client.id}`, { name: 'Another' }, patch)).body.name, 'Another')
    const made = (await ask('POST', '/v1/tokens', { name: 'gone soon', client: client.id })).body
    assert.equal((await ask('DELETE', `/v1/tokens/${made.id}`)).status, 204)
    const log = (await ask('GET', '/v1/audit?limit=2&action=token.created')).body
    assert.equal(log.items[0].action, 'token.created')
    assert.match((await ask('GET', '/v1/audit/head')).body.head, /^[1-9]\d*:[0-9a-f]{64}$/)
    const snapshot = (await ask('POST', '/v1/snapshots', {})).body
    assert.match(snapshot.file, /^snapshots\/snp_/)
    await ask('GET', `/v1/snapshots/${snapshot.id}`, undefined, { Prefer: 'wait=20' })
    assert.equal((await ask('POST', '/v1/scrubs', { files: 2, bytes: 30, damaged: 0 })).status, 201)
    const webhook = await ask('POST', '/v1/webhooks', { url: 'https://example.com/', name: 'Calls' })
    assert.equal(webhook.status, 201)
    const hook = `/v1/webhooks/${webhook.body.id}`
    assert.ok((await ask('GET', '/v1/webhooks')).body.items.length >= 1)
    assert.equal((await ask('POST', `${hook}:test`)).status, 202)
    const { items: deliveries } = (await ask('GET', `${hook}/deliveries`)).body
    assert.equal((await ask('GET', `${hook}/deliveries/${deliveries[0].id}`)).status, 200)
    assert.ok([202, 409].includes((await ask('POST', `${hook}/deliveries/${deliveries[0].id}:redeliver`)).status))
    const renamed = await ask('PATCH', hook, { name: 'Rings' }, { ...patch, 'If-Match': (await ask('GET', hook)).etag })
    assert.equal(renamed.status, 200)
    const rotated = await ask('POST', `${hook}:rotate`, undefined, key())
    assert.equal(rotated.status, 200)
    assert.equal((await ask('DELETE', hook, undefined, { 'If-Match': (await ask('GET', hook)).etag })).status, 204)
    const preset = await ask('POST', '/v1/presets', { name: 'Soft', plan: {}, deliveries: ['vinyl'] })
    const at = `/v1/presets/${preset.body.id}`
    assert.equal((await ask('GET', at)).status, 200)
    const changed = await ask('PUT', at, { name: 'Softer', plan: {}, deliveries: ['vinyl'] }, { 'If-Match': preset.etag })
    assert.equal((await ask('DELETE', at, undefined, { 'If-Match': changed.etag })).status, 204)
})

test('no operation was left out', () => {
    assert.deepEqual(operations.map((one) => one.name).filter((name) => !seen.has(name) && !kNotThroughPrism.has(name)), [])
})
