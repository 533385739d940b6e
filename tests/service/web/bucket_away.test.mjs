// A bucket that does not answer holds up those who want what lies there, and nobody else.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { after, before, test } from 'node:test'
import { Judge } from './s3_judge.mjs'
import { Server, program, token } from './server.mjs'

const run = promisify(execFile)
let judge
let server
let render

before(async () => {
    judge = await Judge.start()
    server = await Server.start({
        config: `[blobs]\nurl = "s3://masters/away"\nendpoint = "${judge.url}"\n`,
        env: { AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER' },
    })
    await run(program, ['demo', path.join(server.data, 'song'), '--seconds', '5', '--quiet'])
    const submitted = await run(program, ['submit', path.join(server.data, 'song'), '--server', server.url,
        '--deliver', 'streaming', '--wait', '--quiet', '--json'],
    { env: { ...process.env, STEMLATHE_TOKEN: token, XDG_STATE_HOME: server.data } })
    render = JSON.parse(submitted.stdout)
    assert.equal(render.state, 'succeeded', server.log)
})
after(async () => {
    await server.stop()
    await judge.stop()
})

const wait_until = async (what, is_so) => {
    for (let tries = 0; tries < 600; ++tries) {
        if (await is_so()) return
        await new Promise((done) => setTimeout(done, 50))
    }
    assert.fail(`it did not come to pass: ${what}\n${server.log}`)
}

async function upload(session, bytes) {
    const fields = { Authorization: `Bearer ${token}`, 'Tus-Resumable': '1.0.0' }
    const text = (words) => Buffer.from(words).toString('base64')
    const begun = await fetch(server.url + '/v1/uploads', {
        method: 'POST',
        headers: {
            ...fields, 'Upload-Length': String(bytes.length), 'Idempotency-Key': crypto.randomUUID(),
            'Upload-Metadata': `session ${text(session)},role ${text('stem')},filename ${text('late.wav')}`,
        },
    })
    assert.equal(begun.status, 201)
    const address = new URL(begun.headers.get('location'), server.url)
    const sent = await fetch(address, {
        method: 'PATCH', body: bytes,
        headers: { ...fields, 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': '0' },
    })
    return { sent, problem: sent.status === 204 ? null : await sent.json(), address, fields }
}

test('while it is away, the rest of the API answers, and whoever wants a file hears when to come again', async () => {
    // Nothing is at hand: the copies of before are gone.
    await server.restart()
    await rm(path.join(server.data, 'blobs/cache'), { recursive: true })
    await server.restart()
    await judge.go_away()

    const order = []
    const where = `/v1/renders/${render.id}`
    // More than there are threads that may wait.
    const wanted = Array.from({ length: 24 }, (_, i) => ['report', 'peaks?px=10', 'media'][i % 3]).map(async (what) => {
        const answer = await fetch(`${server.url}${where}/${what}`, { headers: { Authorization: `Bearer ${token}` } })
        order.push(what)
        return answer
    })
    for (let i = 0; i < 10; ++i) {
        assert.equal((await server.ask('GET', where)).status, 200)
        assert.equal((await server.ask('GET', '/healthz')).status, 200)
        assert.equal((await server.ask('POST', '/v1/sessions', { title: 'meanwhile' })).status, 201)
    }
    order.push('all the others')
    assert.deepEqual(order, ['all the others'])
    for (const answer of await Promise.all(wanted)) {
        assert.equal(answer.status, 503)
        assert.equal(answer.headers.get('retry-after'), '15')
        const problem = await answer.json()
        assert.match(problem.detail, /store that keeps it does not answer/)
        assert.ok(!problem.detail.includes('127.0.0.1'))
    }
    assert.match(server.log, /the bucket masters at 127\.0\.0\.1:\d+ does not answer/)
    // A head needs no byte of it, and says what there is.
    const head = await fetch(`${server.url}${where}/report`, { method: 'HEAD', headers: { Authorization: `Bearer ${token}` } })
    assert.equal(head.status, 200)
})

test('an upload that ends meanwhile is kept, and becomes a stem when the bucket is back', async () => {
    const session = (await server.ask('POST', '/v1/sessions', { title: 'late' })).body.id
    const { sent, problem, address, fields } = await upload(session, crypto.getRandomValues(new Uint8Array(60_000)))
    assert.equal(sent.status, 503)
    assert.match(problem.detail, /every byte has come and is kept/)
    const head = await fetch(address, { method: 'HEAD', headers: fields })
    assert.equal(head.headers.get('upload-offset'), '60000')
    const stems = async () => (await server.ask('GET', `/v1/sessions/${session}/stems`)).body.items
    assert.deepEqual(await stems(), [])
    await judge.come_back()
    await wait_until('the stem is there', async () => (await stems()).length === 1)
    const report = await server.ask('GET', `/v1/renders/${render.id}/report`)
    assert.equal(report.status, 200)
    assert.equal(report.body.schema, 'stemlathe.report/1')
    assert.equal((await server.ask('GET', `/v1/renders/${render.id}/peaks?px=10`)).body.low.length, 10)
    assert.equal(judge.failure, undefined)
})
