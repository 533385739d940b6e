// Keys for a bucket that are lent to a machine, a container or a pod: asked for, signed with their token, and renewed.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { Judge } from './s3_judge.mjs'
import { Server, token } from './server.mjs'

// Lends keys as Amazon's three do. life_s: how long they count.
class Lender {
    lent = []
    life_s = 3600
    broken = false

    static async start(judge) {
        const lender = new Lender()
        lender.judge = judge
        lender.server = http.createServer((request, response) => lender.#answer(request, response))
        lender.server.listen(0, '127.0.0.1')
        await once(lender.server, 'listening')
        lender.url = `http://127.0.0.1:${lender.server.address().port}`
        return lender
    }

    stop() {
        this.server.closeAllConnections()
        this.server.close()
    }

    #lend() {
        const keys = {
            accessKeyId: 'LENT' + randomBytes(6).toString('hex'),
            secretAccessKey: randomBytes(20).toString('base64'),
            sessionToken: randomBytes(60).toString('base64'),
        }
        this.judge.keys.set(keys.accessKeyId, keys)
        this.lent.push(keys.accessKeyId)
        const expires = new Date(Date.now() + this.life_s * 1000).toISOString()
        return { ...keys, expires }
    }

    #json() {
        const { accessKeyId, secretAccessKey, sessionToken, expires } = this.#lend()
        return JSON.stringify({
            Code: 'Success', AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Token: sessionToken, Expiration: expires,
        })
    }

    async #answer(request, response) {
        const chunks = []
        for await (const chunk of request) chunks.push(chunk)
        const body = new URLSearchParams(Buffer.concat(chunks).toString())
        const say = (status, text = '') => response.writeHead(status).end(text)
        if (this.broken) return say(503)
        const what = `${request.method} ${request.url}`
        if (what === 'GET /container') {
            return request.headers.authorization === 'Bearer of-the-container' ? say(200, this.#json()) : say(401)
        }
        if (what === 'PUT /latest/api/token') {
            return Number(request.headers['x-aws-ec2-metadata-token-ttl-seconds']) > 0 ? say(200, 'of-the-machine') : say(400)
        }
        if (request.url.startsWith('/latest/meta-data/iam/security-credentials/')) {
            if (request.headers['x-aws-ec2-metadata-token'] !== 'of-the-machine') return say(401)
            return request.url.endsWith('/') ? say(200, 'mastering-role') : request.url.endsWith('/mastering-role') ? say(200, this.#json()) : say(404)
        }
        if (what === 'POST /sts') {
            if (body.get('Action') !== 'AssumeRoleWithWebIdentity' || body.get('Version') !== '2011-06-15'
                || body.get('RoleArn') !== 'arn:aws:iam::1:role/mastering' || body.get('WebIdentityToken') !== 'of+the/pod='
                || !body.get('RoleSessionName')) return say(400, '<ErrorResponse><Error><Code>InvalidIdentityToken</Code></Error></ErrorResponse>')
            const { accessKeyId, secretAccessKey, sessionToken, expires } = this.#lend()
            return say(200, `<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials><SessionToken>${sessionToken
            }</SessionToken><SecretAccessKey>${secretAccessKey}</SecretAccessKey><Expiration>${expires}</Expiration><AccessKeyId>${accessKeyId
            }</AccessKeyId></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`)
        }
        return say(404)
    }
}

let judge
let lender
let folder
let ways
before(async () => {
    judge = await Judge.start()
    lender = await Lender.start(judge)
    folder = await mkdtemp(path.join(os.tmpdir(), 'stemlathe-roles-'))
    await writeFile(path.join(folder, 'pod'), 'of+the/pod=\n')
    await writeFile(path.join(folder, 'container'), 'Bearer of-the-container')
    ways = {
        container: { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${lender.url}/container`, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'Bearer of-the-container' },
        pod: {
            AWS_ROLE_ARN: 'arn:aws:iam::1:role/mastering', AWS_WEB_IDENTITY_TOKEN_FILE: path.join(folder, 'pod'),
            AWS_ENDPOINT_URL_STS: `${lender.url}/sts`,
        },
        'container-by-file': {
            AWS_CONTAINER_CREDENTIALS_FULL_URI: `${lender.url}/container`,
            AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: path.join(folder, 'container'),
        },
        machine: { AWS_EC2_METADATA_SERVICE_ENDPOINT: `${lender.url}/` },
    }
})
after(async () => {
    lender.stop()
    await judge.stop()
    await rm(folder, { recursive: true })
})

// One's own keys, where this runs, are not to be used.
const none = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, AWS_SESSION_TOKEN: undefined }
const serve = (way, env = ways[way]) => Server.start({
    config: `[blobs]\nurl = "s3://masters/${way}"\nendpoint = "${judge.url}"\n`
        + (way === 'machine' ? 'credentials = "instance-role"\n' : ''),
    env: { ...none, ...env },
})

// The bucket must take it, so this signs half a dozen requests.
async function attach(server) {
    const session = (await server.ask('POST', '/v1/sessions', { title: 'lent' })).body.id
    const text = (words) => Buffer.from(words).toString('base64')
    const answer = await fetch(server.url + '/v1/uploads', {
        method: 'POST', body: randomBytes(1000),
        headers: {
            Authorization: `Bearer ${token}`, 'Tus-Resumable': '1.0.0', 'Content-Type': 'application/offset+octet-stream',
            'Upload-Length': '1000', 'Idempotency-Key': crypto.randomUUID(),
            'Upload-Metadata': `session ${text(session)},role ${text('attachment')},filename ${text('a.bin')}`,
        },
    })
    assert.equal(answer.status, 201, server.log)
}

for (const way of ['container', 'container-by-file', 'pod', 'machine']) {
    test(`a ${way} works with keys that are lent to it, once`, async () => {
        lender.life_s = 3600
        lender.lent = []
        const server = await serve(way)
        await attach(server)
        await attach(server)
        assert.equal(lender.lent.length, 1)
        const log = await server.stop()
        const keys = judge.keys.get(lender.lent[0])
        assert.ok(!log.includes(keys.secretAccessKey) && !log.includes(keys.sessionToken))
        assert.equal(judge.counts.wrong, 0)
    })
}

test('keys that the bucket does not take any more are replaced, and a lender that is away does no harm', async () => {
    lender.lent = []
    const server = await serve('container')
    await attach(server)
    assert.equal(lender.lent.length, 1)
    // The bucket does not take them any more: others are lent, and the request goes on with those.
    judge.expired.add(lender.lent[0])
    await attach(server)
    assert.equal(lender.lent.length, 2)
    assert.ok(judge.counts.expired >= 1)
    await attach(server)
    assert.equal(lender.lent.length, 2)
    lender.broken = true
    await attach(server)
    lender.broken = false
    await server.stop()
    assert.equal(judge.counts.wrong, 0)
    assert.equal(judge.failure, undefined)
})

test('whoever lends no keys is named in a sentence, and what he says is not told', async () => {
    lender.broken = true
    await assert.rejects(serve('container'), /the container's agent at http:\/\/127\.0\.0\.1:\d+\/container lends no keys for the bucket: it answers 503/)
    lender.broken = false
    await assert.rejects(serve('container', { ...ways.container, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'wrong' }), /it answers 401/)
    await assert.rejects(serve('pod', { ...ways.pod, AWS_ROLE_ARN: 'another' }), /it answers 400 InvalidIdentityToken/)
    await assert.rejects(serve('container', { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://192.0.2.1/keys' }), /must begin with https/)
    await assert.rejects(serve('container', {}), /there is no key id for the bucket in the environment/)
})
