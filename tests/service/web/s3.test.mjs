// The blob store in a bucket: the C++ tests of it, with a bucket to speak to and a judge of every request.
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { after, before, test } from 'node:test'
import { Judge } from './s3_judge.mjs'
import { program, token } from './server.mjs'

let judge
before(async () => { judge = await Judge.start() })
after(() => judge.stop())

test('the store keeps its promises, and every request is signed as Amazon would', async () => {
    const tests = spawn(path.join(path.dirname(program), 's3_test'), ['--gtest_brief=1', '--gtest_filter=S3Store.*'], {
        env: { ...process.env, STEMLATHE_S3: judge.url }, stdio: ['ignore', 'pipe', 'inherit'],
    })
    let said = ''
    tests.stdout.on('data', (text) => { said += text })
    const [code] = await once(tests, 'exit')
    assert.equal(code, 0, said)
    assert.doesNotMatch(said, /SKIPPED/)
    assert.equal(judge.failure, undefined)
    // The one test with a wrong secret is refused, with its one look for the blob; nobody else ever is.
    assert.equal(judge.counts.wrong, 1)
    for (const [what, least] of Object.entries({ signed: 150, busy: 5, cut: 5, lost: 5, checksums: 50, conditions: 20, parts: 4 })) {
        assert.ok(judge.counts[what] >= least, `${what}: ${judge.counts[what]}`)
    }
    console.log(JSON.stringify(judge.counts))
})

const run = promisify(execFile)
const environment = {
    ...process.env, STEMLATHE_ADMIN_TOKEN: token, STEMLATHE_TOKEN: token,
    AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER',
}

// A whole service on the bucket; what it says on stderr is kept.
async function serve(folder, words) {
    const child = spawn(program, ['serve', '--config', path.join(folder, 'stemlathe.toml'), '--listen', '127.0.0.1:0', ...words],
        { env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
    const server = { said: '' }
    child.stderr.on('data', (text) => { server.said += text })
    const ended = once(child, 'exit')
    server.stop = async () => { child.kill('SIGTERM'); assert.deepEqual(await ended, [0, null], server.said) }
    for await (const line of createInterface({ input: child.stdout })) {
        const found = /listening on (http:\/\/[^ ]+)/.exec(line)
        if (found) return { ...server, url: found[1], log: () => server.said }
    }
    server.code = (await ended)[0]
    return server
}

test('a service keeps its audio in the bucket, and needs nothing of it on its disk', async (t) => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'stemlathe-s3-serve-'))
    t.after(() => rm(folder, { recursive: true }))
    const settings = (prefix) => writeFile(path.join(folder, 'stemlathe.toml'),
        `[data]\ndir = "${folder}/data"\n[blobs]\nurl = "s3://masters/${prefix}"\nendpoint = "${judge.url}"\n`)
    await settings('house')
    await run(program, ['demo', path.join(folder, 'song'), '--seconds', '5', '--quiet'])

    let server = await serve(folder, [])
    const submitted = await run(program, ['submit', path.join(folder, 'song'), '--server', server.url, '--deliver', 'streaming',
        '--wait', '--quiet', '--json'], { env: { ...environment, XDG_STATE_HOME: folder } })
    const render = JSON.parse(submitted.stdout)
    assert.equal(render.state, 'succeeded', server.log())
    const fetch_into = (out) => run(program, ['fetch', render.id, '--server', server.url, '--out', path.join(folder, out), '--quiet'],
        { env: environment })
    await fetch_into('first')
    await server.stop()

    await rm(path.join(folder, 'data/blobs'), { recursive: true })
    server = await serve(folder, [])
    await fetch_into('second')
    await server.stop()
    const files = (await readdir(path.join(folder, 'first'), { recursive: true, withFileTypes: true })).filter((it) => it.isFile())
    assert.ok(files.some((it) => it.name.endsWith('.wav')))
    for (const it of files) {
        const name = path.join(it.path, it.name)
        assert.deepEqual(await readFile(name), await readFile(name.replace('/first', '/second')), name)
    }
    assert.ok(!server.log().includes('SECRET') && !server.log().includes('AWS4-HMAC'))

    // An empty bucket is not taken for the one that the database speaks of.
    await settings('elsewhere')
    const other = await serve(folder, [])
    assert.equal(other.code, 2)
    assert.match(other.said, /does not hold the files of this database/)
})
