// A bucket of s3rver behind a judge. s3rver takes any secret, ignores If-None-Match and checks no checksums; the judge
// signs every request once more with Amazon's own @smithy/signature-v4, does the other two itself, and is the network
// that fails (also as a whole: go_away, come_back): POST /__judge/fault/busy|cut|lost/N, /__judge/calm; POST /__judge/age/cas|removing/DIGEST/HOURS lies about
// dates until the object is written again.
import crypto, { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { SignatureV4 } from '@smithy/signature-v4'
import S3rver from 's3rver'

// s3rver hides the next page's beginning with DES, which OpenSSL 3 has no more: three times the same key is the same.
for (const name of ['createCipheriv', 'createDecipheriv']) {
    const make = crypto[name]
    crypto[name] = (cipher, key, ...rest) => cipher === 'des'
        ? make('des-ede3-cbc', Buffer.concat([key, key, key]), ...rest) : make(cipher, key, ...rest)
}

const house = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' }

class Sha256 {
    constructor(key) { this.hash = key === undefined ? createHash('sha256') : createHmac('sha256', key) }
    update(bytes) { this.hash.update(bytes) }
    async digest() { return new Uint8Array(this.hash.digest()) }
}
const signer_with = (credentials) => new SignatureV4({
    service: 's3', region: 'us-east-1', credentials, sha256: Sha256, uriEscapePath: false, applyChecksum: false,
})
const sha256 = (bytes, encoding) => createHash('sha256').update(bytes).digest(encoding)
// What the judge calls an object: its kind and its digest.
const named = (url) => `${url.includes('/removing/') ? 'removing' : 'cas'}/${url.split('?')[0].split('/').at(-1)}`
const error = (code) => `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`

export class Judge {
    counts = { signed: 0, busy: 0, cut: 0, lost: 0, checksums: 0, conditions: 0, parts: 0, wrong: 0 }
    // Keys that count: those of the house, and lent ones (with a sessionToken); expired: those that do not any more.
    keys = new Map([[house.accessKeyId, house]])
    expired = new Set()
    #ages = new Map()
    #parts = new Map()
    #fault = null
    #requests = 0

    static async start() {
        const judge = new Judge()
        judge.folder = await mkdtemp(path.join(os.tmpdir(), 'stemlathe-s3-'))
        judge.bucket = new S3rver({
            port: 0, address: '127.0.0.1', silent: true, directory: judge.folder, configureBuckets: [{ name: 'masters' }],
        })
        const { port } = await judge.bucket.run()
        judge.port = port
        judge.server = http.createServer((request, response) => judge.#answer(request, response).catch((failure) => {
            judge.failure ??= failure
            response.destroy()
        }))
        judge.server.listen(0, '127.0.0.1')
        await once(judge.server, 'listening')
        judge.url = `http://127.0.0.1:${judge.server.address().port}`
        return judge
    }

    // Nobody answers at this address any more, as when a network is cut.
    async go_away() {
        this.address = this.server.address()
        this.server.closeAllConnections()
        await new Promise((done) => this.server.close(done))
    }

    async come_back() {
        this.server.listen(this.address.port, this.address.address)
        await once(this.server, 'listening')
    }

    #file(prefix, digest) {
        return path.join(this.folder, 'masters', prefix, 'cas', digest.slice(0, 2), digest.slice(2, 4), `${digest}._S3rver_object`)
    }

    // The bytes of a blob as they lie on the bucket's own disk.
    object(prefix, digest) {
        return readFile(this.#file(prefix, digest))
    }

    // Puts others there, behind everybody's back; null: none.
    async put_object(prefix, digest, bytes) {
        const file = this.#file(prefix, digest)
        if (bytes === null) return rm(file)
        await mkdir(path.dirname(file), { recursive: true })
        await writeFile(file, bytes)
        await writeFile(file.replace('_object', '_object.md5'), createHash('md5').update(bytes).digest('hex'))
        await writeFile(file.replace('_object', '_metadata.json'), '{"content-type":"binary/octet-stream"}')
    }

    wipe(prefix) {
        return rm(path.join(this.folder, 'masters', prefix), { recursive: true })
    }

    async stop() {
        this.server.closeAllConnections()
        this.server.close()
        await this.bucket.close()
        await rm(this.folder, { recursive: true })
    }

    async #answer(request, response) {
        const chunks = []
        for await (const chunk of request) chunks.push(chunk)
        const body = Buffer.concat(chunks)
        if (request.url.startsWith('/__judge/')) {
            const [, , what, ...rest] = request.url.split('/')
            if (what === 'age') this.#ages.set(`${rest[0]}/${rest[1]}`, Number(rest[2]))
            else this.#fault = what === 'fault' ? { kind: rest[0], each: Number(rest[1]) } : null
            return response.writeHead(200).end()
        }
        const refuse = (status, code, fields = {}) => response.writeHead(status, fields).end(error(code))
        if (this.expired.has(this.#keyOf(request)?.accessKeyId)) {
            this.counts.expired = (this.counts.expired ?? 0) + 1
            return refuse(400, 'ExpiredToken')
        }
        if (!await this.#isSignedRight(request, body)) {
            this.counts.wrong++
            return refuse(403, 'SignatureDoesNotMatch')
        }
        this.counts.signed++
        this.#requests++
        const fault = this.#fault && this.#requests % this.#fault.each === 0 ? this.#fault.kind : null
        if (fault) this.counts[fault]++
        if (fault === 'busy') return refuse(503, 'SlowDown', { 'Retry-After': '0' })
        if (fault === 'cut') return request.socket.destroy()
        if (!this.#hasItsChecksum(request, body)) return refuse(400, 'BadDigest')
        if (request.headers['if-none-match'] === '*') {
            this.counts.conditions++
            const there = await this.#forward({ ...request, method: 'HEAD', url: request.url.split('?')[0], headers: {} }, '')
            if (there.status === 200) return refuse(412, 'PreconditionFailed')
        }
        const answer = await this.#forward(request, body)
        if (fault === 'lost') return request.socket.destroy()
        if (request.method === 'PUT') this.#ages.delete(named(request.url))
        response.writeHead(answer.status, this.#withAge(request, answer))
        response.end(request.method === 'HEAD' ? undefined : this.#withAges(answer))
    }

    #keyOf(request) {
        return this.keys.get(/Credential=([^/]+)/.exec(request.headers.authorization ?? '')?.[1])
    }

    // What was signed must be all that matters, and be signed as Amazon's own code does it.
    async #isSignedRight(request, body) {
        const said = request.headers.authorization ?? ''
        const names = /SignedHeaders=([^,]+)/.exec(said)?.[1].split(';') ?? []
        const must = ['host', ...Object.keys(request.headers).filter((name) => name.startsWith('x-amz-'))]
        if (!must.every((name) => names.includes(name))) return false
        if (request.headers['x-amz-content-sha256'] !== sha256(body, 'hex')) return false
        const key = this.#keyOf(request)
        if (key === undefined || request.headers['x-amz-security-token'] !== key.sessionToken) return false
        const [where, query = ''] = request.url.split('?')
        const date = request.headers['x-amz-date']
        const signed = await signer_with(key).sign({
            method: request.method,
            protocol: 'http:',
            hostname: '127.0.0.1',
            path: where,
            query: Object.fromEntries(new URLSearchParams(query)),
            headers: Object.fromEntries(names.map((name) => [name, request.headers[name]])),
        }, { signingDate: new Date(date.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z')) })
        return signed.headers.authorization === said
    }

    #hasItsChecksum(request, body) {
        const query = new URLSearchParams(request.url.split('?')[1])
        const checksum = request.headers['x-amz-checksum-sha256']
        if (checksum !== undefined) {
            this.counts.checksums++
            if (query.has('partNumber')) {
                this.counts.parts++
                this.#parts.set(query.get('uploadId') + query.get('partNumber'), checksum)
            }
            return checksum === sha256(body, 'base64')
        }
        if (request.method === 'POST' && query.has('uploadId')) {
            const parts = [...String(body).matchAll(/<PartNumber>(\d+)<.*?<ChecksumSHA256>([^<]+)</g)]
            return parts.length > 0 && parts.every(([, number, said]) => this.#parts.get(query.get('uploadId') + number) === said)
        }
        return request.method !== 'PUT'
    }

    async #forward({ method, url, headers }, body) {
        const { authorization, expect, 'x-amz-security-token': token, ...fields } = headers
        const forwarded = http.request({
            host: '127.0.0.1', port: this.port, method, path: url,
            headers: { ...fields, ...(authorization && token === undefined ? { authorization } : {}) },
        })
        forwarded.end(body)
        const [answer] = await once(forwarded, 'response')
        const chunks = []
        for await (const chunk of answer) chunks.push(chunk)
        return { status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks) }
    }

    #withAge(request, answer) {
        const hours = this.#ages.get(named(request.url))
        const fields = { ...answer.headers }
        delete fields['transfer-encoding']
        delete fields.connection
        if (hours !== undefined && fields['last-modified']) {
            fields['last-modified'] = new Date(Date.now() - hours * 3600_000 - 1000).toUTCString()
        }
        if (request.method !== 'HEAD') fields['content-length'] = this.#withAges(answer).length
        return fields
    }

    #withAges(answer) {
        if (!String(answer.headers['content-type']).includes('xml') || this.#ages.size === 0) return answer.body
        return Buffer.from(String(answer.body).replace(/<Contents>.*?<\/Contents>/gs, (object) => {
            const hours = this.#ages.get(named(/<Key>([^<]*)<\/Key>/.exec(object)[1]))
            return hours === undefined ? object : object.replace(/(<LastModified>)[^<]*/,
                `$1${new Date(Date.now() - hours * 3600_000 - 1000).toISOString()}`)
        }))
    }
}
