// Starts, kills and asks a real `stemlathe serve`.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'

export const token = 'web-test-' + 'x'.repeat(32)
export const program = process.env.STEMLATHE ?? 'build/bin/stemlathe'

export class Server {
    #child
    #log = []

    /// config: of stemlathe.toml; env: besides this process's own; words: more of the command line; data: the
    /// folder, else a new one.
    static async start({ config = '', env = {}, words = [], data } = {}) {
        const server = new Server()
        server.words = words
        if (data !== undefined) await mkdir(data, { recursive: true })
        server.data = data ?? await mkdtemp(path.join(os.tmpdir(), 'stemlathe-web-'))
        server.config = path.join(server.data, 'stemlathe.toml')
        await writeFile(server.config, config)
        server.env = env
        await server.run('127.0.0.1:0')
        return server
    }

    async run(listen) {
        this.#child = spawn(program, ['serve', '--config', this.config, '--data', this.data, '--listen', listen, ...this.words], {
            env: { ...process.env, STEMLATHE_ADMIN_TOKEN: token, ...this.env },
            stdio: ['ignore', 'pipe', 'pipe'],
        })
        this.#child.stderr.on('data', (text) => this.#log.push(String(text)))
        this.#child.on('exit', (code, signal) => this.#log.push(`the server ended: ${code} ${signal}\n`))
        const lines = createInterface({ input: this.#child.stdout })
        for await (const line of lines) {
            const found = /listening on (http:\/\/[^ ]+)/.exec(line)
            if (found) {
                this.url = found[1]
                this.#child.stdout.resume()
                return
            }
        }
        throw new Error('the server did not start:\n' + this.#log.join(''))
    }

    get listen() {
        return new URL(this.url).host
    }

    get log() {
        return this.#log.join('')
    }

    /// Waits until it has ended by itself. @returns its exit code
    async ended() {
        if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit')
        return this.#child.exitCode
    }

    /// As a power cut is to the process.
    async kill() {
        const ended = once(this.#child, 'exit')
        this.#child.kill('SIGKILL')
        await ended
    }

    /// Then the same address again.
    async kill_and_restart() {
        await this.kill()
        await this.run(this.listen)
    }

    /// As an operator does it: what runs may finish.
    async restart() {
        const ended = once(this.#child, 'exit')
        this.#child.kill('SIGTERM')
        await ended
        await this.run(this.listen)
    }

    async ask(method, where, body, fields = {}) {
        const answer = await fetch(this.url + where, {
            method,
            headers: {
                Authorization: `Bearer ${token}`,
                ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
                ...fields,
            },
            body: body === undefined ? undefined : JSON.stringify(body),
        })
        const text = await answer.text()
        return { status: answer.status, headers: answer.headers, body: text ? JSON.parse(text) : null }
    }

    /// Ends it; its folder stays.
    async leave() {
        if (this.#child.exitCode === null && this.#child.signalCode === null) {
            const ended = once(this.#child, 'exit')
            this.#child.kill('SIGTERM')
            await ended
        }
    }

    async stop() {
        await this.leave()
        await rm(this.data, { recursive: true, force: true })
        return this.#log.join('')
    }
}

/// A link in front of the server that is cut after so many bytes from the client, again and again.
export async function cutting_proxy(target, bytes_before_cut) {
    const { hostname, port } = new URL(target)
    let cuts = 0
    const proxy = net.createServer((client) => {
        const server = net.connect(Number(port), hostname)
        let left = bytes_before_cut()
        client.on('data', (chunk) => {
            left -= chunk.length
            server.write(chunk)
            if (left <= 0) {
                cuts += 1
                client.resetAndDestroy()
                server.destroy()
            }
        })
        server.on('data', (chunk) => client.write(chunk))
        for (const [one, other] of [[client, server], [server, client]]) {
            one.on('error', () => other.destroy())
            one.on('close', () => other.destroy())
        }
    })
    proxy.listen(0, '127.0.0.1')
    await once(proxy, 'listening')
    return {
        url: `http://127.0.0.1:${proxy.address().port}`,
        cuts: () => cuts,
        close: () => proxy.close(),
    }
}
