// A PostgreSQL of the test's own: a folder, a socket in it, nothing kept.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
// Unpacked packages stand beside the PATH: .ci/deps
const folders = ['/usr/lib/postgresql/15/bin',
    ...(process.env.PATH ?? '').split(':').map((folder) => path.join(folder, '../lib/postgresql/15/bin'))]
export const programs = folders.find((folder) => existsSync(path.join(folder, 'initdb')))

// initdb refuses to be root; the package makes a user for it.
async function user() {
    if (process.getuid() !== 0) return {}
    const ids = await Promise.all(['-u', '-g'].map((which) => run('id', [which, 'postgres'])))
    const [uid, gid] = ids.map((it) => Number(it.stdout))
    return { uid, gid }
}

export class Postgres {
    static async start() {
        const cluster = new Postgres()
        cluster.folder = await mkdtemp(path.join(os.tmpdir(), 'stemlathe-pg-'))
        const who = await user()
        if (who.uid !== undefined) await chown(cluster.folder, who.uid, who.gid)
        const options = { ...who, cwd: cluster.folder }
        await run(path.join(programs, 'initdb'), ['--pgdata=data', '--auth=trust', '--username=postgres',
            '--encoding=UTF8', '--locale=C', '--no-sync'], options)
        cluster.server = spawn(path.join(programs, 'postgres'), ['-D', 'data', '-k', cluster.folder,
            '-c', 'listen_addresses=', '-c', 'fsync=off', '-c', 'shared_buffers=32MB', '-c', 'jit=off'],
        { ...options, stdio: 'ignore' })
        cluster.url = `postgresql://postgres@/postgres?host=${encodeURIComponent(cluster.folder)}`
        for (let tries = 0; ; ++tries) {
            try {
                await run(path.join(programs, 'pg_isready'), ['-q', '-h', cluster.folder])
                return cluster
            } catch (failure) {
                if (tries === 300 || cluster.server.exitCode !== null) throw failure
                await new Promise((done) => setTimeout(done, 100))
            }
        }
    }

    async stop() {
        const ended = once(this.server, 'exit')
        this.server.kill('SIGQUIT')
        await ended
        await rm(this.folder, { recursive: true })
    }
}
