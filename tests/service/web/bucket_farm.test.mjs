// Two services and two workers, each with a disk of its own, on one bucket, one PostgreSQL and one folder for uploads
// that are not finished: it does not matter which of them anybody speaks to.
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { after, before, test } from 'node:test'
import { Postgres, programs } from './postgres.mjs'
import { Judge } from './s3_judge.mjs'
import { Server, program, token } from './server.mjs'

const run = promisify(execFile)
const keys = { AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER' }
const skip = programs === undefined ? 'there is no PostgreSQL 15 on this machine' : false
let judge
let postgres
let folder

before(async () => {
    if (skip) return
    judge = await Judge.start()
    postgres = await Postgres.start()
    folder = await mkdtemp(path.join(os.tmpdir(), 'stemlathe-farm-'))
    await run(program, ['demo', path.join(folder, 'song'), '--seconds', '5', '--quiet'])
})
after(async () => {
    if (skip) return
    await postgres.stop()
    await judge.stop()
    await rm(folder, { recursive: true })
})

// uploads: the folder for what is not finished; none: each has its own.
const config = (uploads) => `[store]\nurl = "${postgres.url}"\n[blobs]\nurl = "s3://masters/farm"\n`
    + `endpoint = "${judge.url}"\n[worker]\ndevices = ["cpu"]\nthreads = 1\n`
    + (uploads ? `[uploads]\ndir = "${path.join(folder, uploads)}"\n` : '')
const serve = (uploads) => Server.start({ config: config(uploads), env: keys, words: ['--no-worker'] })

async function serve_in_vain(uploads) {
    const place = await mkdtemp(path.join(folder, 'vain-'))
    await writeFile(path.join(place, 'stemlathe.toml'), config(uploads))
    const failure = await run(program, ['serve', '--config', path.join(place, 'stemlathe.toml'), '--data', place,
        '--listen', '127.0.0.1:0', '--no-worker'], { env: { ...process.env, ...keys } }).catch((it) => it)
    assert.equal(failure.code, 2, failure.stderr)
    return failure.stderr
}

async function work(t) {
    const place = await mkdtemp(path.join(folder, 'worker-'))
    await writeFile(path.join(place, 'stemlathe.toml'), config('uploads'))
    const child = spawn(program, ['worker', '--config', path.join(place, 'stemlathe.toml'), '--data', place],
        { env: { ...process.env, ...keys }, stdio: ['ignore', 'ignore', 'inherit'] })
    t.after(async () => {
        const ended = once(child, 'exit')
        child.kill('SIGTERM')
        assert.deepEqual(await ended, [0, null])
    })
}

const tus = { Authorization: `Bearer ${token}`, 'Tus-Resumable': '1.0.0' }

async function begin(server, session, filename, role, bytes) {
    const text = (words) => Buffer.from(words).toString('base64')
    const digest = createHash('sha256').update(bytes).digest('hex')
    const begun = await fetch(server.url + '/v1/uploads', {
        method: 'POST',
        headers: {
            ...tus, 'Upload-Length': String(bytes.length), 'Idempotency-Key': randomUUID(), 'Upload-Metadata':
                `session ${text(session)},role ${text(role)},filename ${text(filename)},sha256 ${text(digest)}`,
        },
    })
    assert.equal(begun.status, 201)
    return new URL(begun.headers.get('location'), server.url).pathname
}

async function offset_at(server, where) {
    const answer = await fetch(server.url + where, { method: 'HEAD', headers: tus })
    assert.equal(answer.status, 200)
    return Number(answer.headers.get('upload-offset'))
}

async function send(server, where, bytes, from, to) {
    const answer = await fetch(server.url + where, {
        method: 'PATCH', body: bytes.subarray(from, to),
        headers: { ...tus, 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': String(from) },
    })
    assert.equal(answer.status, 204, await answer.text())
    assert.equal(Number(answer.headers.get('upload-offset')), to)
}

async function until(what, look) {
    for (let tries = 0; tries < 1200; ++tries) {
        const found = await look()
        if (found) return found
        await new Promise((done) => setTimeout(done, 50))
    }
    assert.fail(`it did not come to pass: ${what}`)
}

test('services that could not go on with each other\'s uploads are refused, each in a sentence', { skip }, async () => {
    const alone = await serve()
    assert.match(await serve_in_vain(), /neither could go on .* name one folder that all of them see as \[uploads\] dir/)
    assert.match(await serve_in_vain('uploads'), /keeps open uploads on its own disk.*stop it, name the same \[uploads\] dir/s)
    await alone.stop()
    const shared = await serve('uploads')
    assert.match(await serve_in_vain(), /lie in a folder that all who serve it share; name it as \[uploads\] dir/)
    assert.match(await serve_in_vain('elsewhere'), /elsewhere is not where open uploads of this database lie/)
    await shared.stop()
    assert.deepEqual(await readdir(path.join(folder, 'uploads')), ['installation', 'open'])
})

test('an upload goes on at the other, also after a kill, and masters are fetched from either', { skip }, async (t) => {
    const one = await serve('uploads')
    t.after(() => one.stop())
    const other = await serve('uploads')
    t.after(() => other.stop())
    await work(t)
    await work(t)
    const session = (await one.ask('POST', '/v1/sessions', { title: 'Between two' })).body.id
    const names = (await readdir(path.join(folder, 'song'))).filter((name) => /^\d\d_.*\.wav$/.test(name))
    assert.ok(names.length >= 4)
    for (const [i, name] of names.entries()) {
        const bytes = await readFile(path.join(folder, 'song', name))
        const [here, there] = i % 2 === 0 ? [one, other] : [other, one]
        const where = await begin(here, session, name, 'stem', bytes)
        const half = bytes.length >> 1
        await send(here, where, bytes, 0, half)
        if (i === 0) await here.kill() // what was answered is there all the same
        assert.equal(await offset_at(there, where), half)
        await send(there, where, bytes, half, bytes.length)
        if (i === 0) await here.run(here.listen)
    }
    const stems = () => other.ask('GET', `/v1/sessions/${session}/stems`).then(({ body }) => body.items)
    await until('all stems are ready', async () => {
        const items = await stems()
        return items.length === names.length && items.every((it) => it.state === 'ready')
    })
    for (const stem of await stems()) {
        const bytes = await readFile(path.join(folder, 'song', stem.filename))
        assert.equal(stem.sha256, createHash('sha256').update(bytes).digest('hex'), stem.filename)
    }
    assert.deepEqual(await readdir(path.join(folder, 'uploads/open')), [])

    const orders = await Promise.all(['streaming', 'cd'].map((profile, i) => (i === 0 ? one : other).ask('POST',
        `/v1/sessions/${session}/renders`, { deliveries: [profile] }, { 'Idempotency-Key': randomUUID() })))
    for (const { status, body } of orders) {
        assert.equal(status, 202)
        const render = await until('it is rendered', async () => {
            const found = (await one.ask('GET', `/v1/renders/${body.id}`)).body
            assert.ok(!['failed', 'canceled', 'dead'].includes(found.state), JSON.stringify(found.problem))
            return found.state === 'succeeded' ? found : null
        })
        for (const output of render.outputs) {
            for (const server of [one, other]) {
                const answer = await fetch(new URL(output.url, server.url), { headers: { Authorization: `Bearer ${token}` } })
                const bytes = Buffer.from(await answer.arrayBuffer())
                assert.equal(createHash('sha256').update(bytes).digest('hex'), output.sha256, output.name)
            }
        }
    }
    assert.equal(judge.failure, undefined)
    assert.equal(judge.counts.wrong, 0)
})
