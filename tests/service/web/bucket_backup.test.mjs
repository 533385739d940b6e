// What lies in a bucket is read, named where it is not right, backed up and brought back, there and to a folder.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { after, before, test } from 'node:test'
import { Judge } from './s3_judge.mjs'
import { Server, program, token } from './server.mjs'

const execute = promisify(execFile)
const keys = { AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER' }
let judge
let folder
let blobs // what the scrub of the installation as it was says that there is
let outputs // of its render

before(async () => {
    judge = await Judge.start()
    folder = await mkdtemp(path.join(os.tmpdir(), 'stemlathe-bucket-backup-'))
    await execute(program, ['demo', path.join(folder, 'song'), '--seconds', '5', '--quiet'])
})
after(async () => {
    await judge.stop()
    await rm(folder, { recursive: true })
})

// A stemlathe.toml; prefix: in the bucket; none: files lie in the folder.
async function config(name, prefix) {
    const file = path.join(folder, `${name}.toml`)
    await writeFile(file, `[data]\ndir = "${path.join(folder, name)}"\n`
        + (prefix ? `[blobs]\nurl = "s3://masters/${prefix}"\nendpoint = "${judge.url}"\n` : ''))
    return file
}

async function stemlathe(...words) {
    const environment = { ...process.env, ...keys, STEMLATHE_TOKEN: token, XDG_STATE_HOME: folder }
    const { stdout, stderr, code = 0 } = await execute(program, words, { env: environment }).catch((it) => it)
    return { code, out: stdout, err: stderr, json: stdout.startsWith('{') ? JSON.parse(stdout) : null }
}

async function done(...words) {
    const outcome = await stemlathe(...words)
    assert.equal(outcome.code, 0, outcome.out + outcome.err)
    return outcome.json
}

// The service on a configuration answers what it answered before, byte for byte.
async function serves_all(file) {
    const server = await Server.start({ config: await readFile(file, 'utf8'), env: keys, data: path.join(folder, path.basename(file, '.toml')) })
    try {
        for (const output of outputs) {
            const answer = await fetch(new URL(output.url, server.url), { headers: { Authorization: `Bearer ${token}` } })
            const bytes = Buffer.from(await answer.arrayBuffer())
            assert.equal(createHash('sha256').update(bytes).digest('hex'), output.sha256, output.name)
        }
    } finally {
        await server.leave()
    }
}

async function is_whole(file) {
    const scrubbed = await done('scrub', '--config', file, '--json')
    assert.deepEqual(scrubbed, { blobs: blobs.blobs, bytes: blobs.bytes, damaged: [], unreferenced: [] })
}

test('a scrub names what is damaged, missing and needed by nothing, with what needs it', async () => {
    const file = await config('house', 'house')
    const server = await Server.start({ config: await readFile(file, 'utf8'), env: keys, data: path.join(folder, 'house') })
    const render = await done('submit', path.join(folder, 'song'), '--server', server.url, '--deliver', 'streaming',
        '--wait', '--quiet', '--json')
    outputs = render.outputs
    assert.ok(outputs.length > 3)
    await server.leave()

    blobs = await done('scrub', '--config', file, '--json')
    assert.ok(blobs.blobs >= outputs.length + 5, `${blobs.blobs} blobs`)
    assert.deepEqual(blobs.damaged, [])

    const [flipped, shortened, missing] = outputs.filter((it) => it.bytes > 1000).map((it) => it.sha256)
    const kept = new Map()
    for (const digest of [flipped, shortened, missing]) kept.set(digest, await judge.object('house', digest))
    const damaged = Buffer.from(kept.get(flipped))
    damaged[damaged.length >> 1] ^= 1
    await judge.put_object('house', flipped, damaged)
    await judge.put_object('house', shortened, kept.get(shortened).subarray(1))
    await judge.put_object('house', missing, null)
    const spare = createHash('sha256').update('of nobody').digest('hex')
    await judge.put_object('house', spare, Buffer.from('of nobody'))

    const found = await stemlathe('scrub', '--config', file, '--json')
    assert.equal(found.code, 4)
    assert.equal(found.json.blobs, blobs.blobs)
    const faults = new Map(found.json.damaged.map((it) => [it.sha256, it]))
    assert.deepEqual([...faults.keys()].sort(), [flipped, shortened, missing].sort())
    assert.match(faults.get(flipped).message, /has other bytes: they hash to [0-9a-f]{64}/)
    assert.match(faults.get(shortened).message, /is damaged in the bucket: it has \d+ bytes and should have \d+/)
    assert.equal(faults.get(missing).message, 'is missing')
    for (const [digest, { references }] of faults) {
        const name = outputs.find((it) => it.sha256 === digest).name
        assert.ok(references.some((it) => it.startsWith(`${name} of render ${render.id}`)), references)
    }
    assert.deepEqual(found.json.unreferenced, [spare])
    const words = (await stemlathe('scrub', '--config', file)).out
    assert.match(words, new RegExp(`1 files are kept and needed by nothing:\\n    ${spare}`))

    // A backup has the rest, and says what it could not get; one that leaves all there sees less, for it reads nothing.
    const backup = await stemlathe('backup', '--to', path.join(folder, 'partial'), '--config', file, '--json')
    assert.equal(backup.code, 4)
    assert.equal(backup.json.damaged.length, 3)
    const look = await stemlathe('backup', '--to', path.join(folder, 'look'), '--config', file, '--without-blobs', '--json')
    assert.equal(look.code, 4)
    assert.deepEqual(look.json.damaged.map((it) => it.sha256).sort(), [shortened, missing].sort())

    for (const [digest, bytes] of kept) await judge.put_object('house', digest, bytes)
    await judge.put_object('house', spare, null)
    await is_whole(file)
})

test('an installation comes back from a backup after bucket and folder are gone', async () => {
    const file = await config('house', 'house')
    const made = await done('backup', '--to', path.join(folder, 'backup'), '--config', file, '--json')
    assert.equal(made.blobs.count, blobs.blobs)
    assert.equal(made.blobs.place, '')
    const again = await done('backup', '--to', path.join(folder, 'backup'), '--config', file, '--json')
    assert.equal(again.copied.count, 0)
    await rm(path.join(folder, 'house'), { recursive: true })
    await judge.wipe('house')
    const restored = await done('restore', '--from', path.join(folder, 'backup'), '--config', file, '--json')
    assert.deepEqual(restored.damaged, [])
    await is_whole(file)
    await serves_all(file)
})

test('a backup without its files comes back where all of them are still in the bucket', async () => {
    const file = await config('house', 'house')
    const made = await done('backup', '--to', path.join(folder, 'small'), '--config', file, '--without-blobs', '--json')
    assert.deepEqual(made.blobs, { count: blobs.blobs, bytes: blobs.bytes, place: 's3://masters/house/' })
    assert.ok(!(await readdir(path.join(folder, 'small'), { recursive: true })).some((name) => /[0-9a-f]{64}/.test(name)))
    await rm(path.join(folder, 'house'), { recursive: true })

    const nowhere = await stemlathe('restore', '--from', path.join(folder, 'small'), '--data', path.join(folder, 'nowhere'))
    assert.equal(nowhere.code, 2)
    assert.match(nowhere.err, /made without its files: they are in s3:\/\/masters\/house\//)
    const empty = await stemlathe('restore', '--from', path.join(folder, 'small'), '--config', await config('empty', 'empty'), '--json')
    assert.equal(empty.code, 4)
    assert.equal(empty.json.damaged.length, blobs.blobs)

    await done('restore', '--from', path.join(folder, 'small'), '--config', file, '--json')
    await is_whole(file)
    await serves_all(file)
})

test('files move from the bucket into a folder and back by a restore', async () => {
    const local = await config('local')
    await done('restore', '--from', path.join(folder, 'backup'), '--config', local, '--json')
    await is_whole(local)
    await serves_all(local)
    await done('backup', '--to', path.join(folder, 'of-local'), '--config', local, '--json')
    const moved = await config('moved', 'moved')
    await done('restore', '--from', path.join(folder, 'of-local'), '--config', moved, '--json')
    await is_whole(moved)
    await serves_all(moved)
})

test('a bucket of another house is neither written to nor taken for one\'s own', async () => {
    const other = await config('other', 'other')
    const server = await Server.start({ config: await readFile(other, 'utf8'), env: keys, data: path.join(folder, 'other') })
    await server.leave()
    const wrong = await config('wrong', 'other')
    const restored = await stemlathe('restore', '--from', path.join(folder, 'backup'), '--config', wrong)
    assert.equal(restored.code, 2)
    assert.match(restored.err, /s3:\/\/masters\/other\/ holds the files of another installation/)
    await writeFile(path.join(folder, 'house.toml'), await readFile(other, 'utf8').then((it) => it.replace('/other"', '/house"')))
    const scrubbed = await stemlathe('scrub', '--config', path.join(folder, 'house.toml'))
    assert.equal(scrubbed.code, 2)
    assert.match(scrubbed.err, /does not hold the files of this database/)
    assert.equal(judge.failure, undefined)
    assert.equal(judge.counts.wrong, 0)
})
