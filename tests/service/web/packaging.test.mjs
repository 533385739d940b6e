// The files that place stemlathe on machines of others: manifests, container file, batch script, units. They are read by
// parsers of their formats, and what they say to the program is held against what the program says of itself.
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DockerfileParser } from 'dockerfile-ast'
import yaml from 'yaml'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const packaging = join(root, 'service/packaging')
const read = (name) => readFileSync(join(packaging, name), 'utf8')
const stemlathe = (...words) => execFileSync(process.env.STEMLATHE, words, { encoding: 'utf8' })
const seconds = (file, pattern) => {
    const found = readFileSync(join(root, file), 'utf8').match(pattern)
    assert.ok(found, `${file} has no ${pattern}`)
    return Number(found[1].replaceAll("'", '')) / 1000
}
const drain_s = seconds('service/agent/agent_settings.hpp', /Ms drain\{([0-9']+)\}/)
const requests_s = seconds('service/http/server.hpp', /drain_time\{([0-9']+)\}/)

// A command line as the program would take it: every option of it stands in the command's help.
function isUnderstood(words, where) {
    const [command, ...rest] = words
    const options = new Set(stemlathe('help', command).match(/--[a-z-]+/g))
    for (const word of rest.filter((word) => word.startsWith('--'))) {
        assert.ok(options.has(word), `${where}: stemlathe ${command} has no ${word}`)
    }
}

const documents = () => yaml.parseAllDocuments(read('kubernetes/stemlathe.yaml')).map((document) => {
    assert.deepEqual(document.errors, [])
    assert.deepEqual(document.warnings, [])
    return document.toJS()
})
const deployment = (name) => documents().find((it) => it.kind === 'Deployment' && it.metadata.name === name)

test('manifests hold two deployments and a service that finds one of them', () => {
    assert.deepEqual(documents().map((it) => it.kind), ['Deployment', 'Service', 'Deployment'])
    const service = documents().find((it) => it.kind === 'Service')
    for (const it of documents().filter((it) => it.kind === 'Deployment')) {
        assert.equal(it.apiVersion, 'apps/v1')
        assert.deepEqual(it.spec.selector.matchLabels, it.spec.template.metadata.labels)
        const mounted = it.spec.template.spec.containers[0].volumeMounts.map((mount) => mount.name)
        assert.deepEqual(mounted.sort(), it.spec.template.spec.volumes.map((volume) => volume.name).sort())
    }
    const serve = deployment('stemlathe-serve')
    assert.deepEqual(service.spec.selector, serve.spec.selector.matchLabels)
    assert.equal(service.spec.ports[0].targetPort, serve.spec.template.spec.containers[0].ports[0].name)
})

test('probes ask for paths that the API has and needs no token for', () => {
    const api = JSON.parse(readFileSync(join(root, 'service/api/openapi.json'), 'utf8'))
    const container = deployment('stemlathe-serve').spec.template.spec.containers[0]
    for (const [probe, path] of [['startupProbe', '/healthz'], ['livenessProbe', '/healthz'], ['readinessProbe', '/readyz']]) {
        assert.equal(container[probe].httpGet.path, path)
        assert.deepEqual(api.paths[path].get.security, [], `${path} wants a token`)
    }
})

test('containers are told what the program understands, and have longer to end than it takes', () => {
    for (const [name, least_s] of [['stemlathe-serve', drain_s + requests_s], ['stemlathe-worker', drain_s]]) {
        const pod = deployment(name).spec.template.spec
        isUnderstood(pod.containers[0].args, name)
        assert.ok(pod.terminationGracePeriodSeconds > least_s, `${name} is killed after ${pod.terminationGracePeriodSeconds} s`)
        assert.equal(pod.containers[0].securityContext.allowPrivilegeEscalation, false)
        assert.equal(pod.securityContext.runAsNonRoot, true)
    }
})

test('units are told what the program understands, and have longer to end than it takes', () => {
    for (const [name, least_s] of [['stemlathe-serve', drain_s + requests_s], ['stemlathe-worker', drain_s]]) {
        const unit = read(`systemd/${name}.service`)
        isUnderstood(unit.match(/^ExecStart=\/usr\/bin\/stemlathe (.*)$/m)[1].split(' '), name)
        assert.ok(Number(unit.match(/^TimeoutStopSec=(\d+)$/m)[1]) > least_s, `${name} is killed too early`)
    }
})

test('the nightly scrub is told what the program understands, and goes behind everything else', () => {
    const unit = read('systemd/stemlathe-scrub.service')
    isUnderstood(unit.match(/^ExecStart=\/usr\/bin\/stemlathe (.*)$/m)[1].split(' '), 'stemlathe-scrub')
    assert.match(unit, /^IOSchedulingClass=idle$/m)
    assert.match(unit, /^Type=oneshot$/m)
    assert.match(read('systemd/stemlathe-scrub.timer'), /^OnCalendar=.*\n[^]*^WantedBy=timers\.target$/m)
})

// What the program can say, with the pieces of its sentences put together.
const said = () => {
    const sources = execFileSync('find', ['service', 'formats', 'host', '-name', '*.cpp'], { cwd: root, encoding: 'utf8' })
    return sources.trim().split('\n').map((file) => readFileSync(join(root, file), 'utf8').replace(/"\s*\n\s*"/g, '')).join('\n')
}

test("the operator's guide names commands, settings, figures and sentences that exist", () => {
    const guide = read('OPERATING.md')
    const blocks = [...guide.matchAll(/^```\n([^]*?)^```$/gm)].map((match) => match[1]).join('\n')
    const quoted = [...guide.matchAll(/`(stemlathe [a-z][^`]*)`/g)].map((match) => match[1])
    const commands = [...blocks.matchAll(/^(?:runuser -u stemlathe -- )?(stemlathe [^#\n]*)/gm)].map((match) => match[1])
    for (const command of [...commands, ...quoted]) {
        isUnderstood(command.trim().split(/\s+/).slice(1), 'OPERATING.md')
    }
    assert.ok(commands.length >= 5, 'the guide has lost its commands')
    const sources = said()
    for (const [, section, key] of guide.matchAll(/`\[([a-z]+)\] ([a-z0-9_]+)/g)) {
        assert.ok(sources.includes(`reader.table("${section}")`), `there are no settings [${section}]`)
        assert.ok(sources.includes(`("${key}"`), `there is no setting ${section}.${key}`)
    }
    for (const [figure] of guide.matchAll(/stemlathe_[a-z_]*[a-z](?=[`{])/g)) {
        assert.ok(sources.includes(`"${figure}"`), `there is no figure ${figure}`)
    }
    for (const [, unit] of guide.matchAll(/systemctl (?:enable --now|start|stop|edit|reload) (stemlathe-[a-z.]+)/g)) {
        assert.ok(existsSync(join(packaging, 'systemd', unit.includes('.') ? unit : `${unit}.service`)), `there is no unit ${unit}`)
    }
    const signs = [...guide.matchAll(/^\| (".*?) \|/gm)].flatMap((row) => [...row[1].matchAll(/"([^"]+)"/g)].map((sign) => sign[1]))
    assert.ok(signs.length >= 6)
    for (const piece of signs.flatMap((sign) => sign.split(' ... '))) {
        const filled_in = piece.replace(/ \S+$/, ' {}') // its last word may be a name
        assert.ok(sources.includes(piece) || sources.includes(filled_in), `the program never says "${piece}"`)
    }
})

test('the container file builds the two images it speaks of, out of packages by their names', () => {
    const file = DockerfileParser.parse(read('container/Containerfile'))
    const instructions = file.getInstructions()
    const named = file.getFROMs().map((from) => from.getBuildStage())
    assert.deepEqual(named.filter(Boolean), ['core', 'cufft', 'cuda'])
    for (const from of file.getFROMs()) {
        const image = from.getImage()
        assert.ok(named.includes(image) || /:[^:]+$/.test(image) && !image.endsWith(':latest'), `${image} is no fixed image`)
    }
    const copied = instructions.filter((it) => it.getKeyword() === 'COPY' && !it.toString().includes('--from'))
    assert.deepEqual(copied.map((it) => it.getArguments()[0].getValue()), ['stemlathe_*_amd64.deb', 'stemlathe-cuda_*_amd64.deb'])
    const last = (keyword) => instructions.filter((it) => it.getKeyword() === keyword).at(-1)
    assert.equal(last('USER').getArguments()[0].getValue(), '999:999', 'the last word must not be root')
    const words = JSON.parse(last('CMD').getRawArgumentsContent())
    isUnderstood(words, 'Containerfile')
    for (const it of documents().filter((it) => it.kind === 'Deployment')) {
        assert.equal(it.spec.template.spec.securityContext.runAsUser, 999)
        assert.ok(named.includes(it.spec.template.spec.containers[0].image.split(':')[1]))
    }
})

test('dockerfilelint finds nothing in the container file', () => {
    const judge = fileURLToPath(new URL('node_modules/.bin/dockerfilelint', import.meta.url))
    const file = join(packaging, 'container/Containerfile')
    const said = JSON.parse(spawnSync(judge, ['-o', 'json', file], { encoding: 'utf8' }).stdout)
    assert.equal(said.files.length, 1)
    // A stage of the same file has no tag.
    const issues = said.files[0].issues.filter((it) => it.content !== 'FROM core AS cuda')
    assert.deepEqual(issues, [])
})

test('the batch script drains its worker when Slurm says that time is up', async (t) => {
    const script = read('slurm/worker.sbatch')
    execFileSync('bash', ['-n', join(packaging, 'slurm/worker.sbatch')])
    const said = script.match(/srun [^\n]*?stemlathe (worker [^&]*)&/)[1].replaceAll('\\\n', ' ').split(/\s+/).filter(Boolean)
    isUnderstood(said, 'worker.sbatch')
    assert.ok(Number(script.match(/--signal=B:TERM@(\d+)/)[1]) > drain_s, 'the signal comes too late')

    // srun passes signals on; the worker takes a moment to finish what it renders.
    const folder = mkdtempSync(join(tmpdir(), 'stemlathe-sbatch-'))
    t.after(() => rmSync(folder, { recursive: true }))
    const put = (name, text) => {
        writeFileSync(join(folder, name), `#!/bin/bash\n${text}\n`)
        chmodSync(join(folder, name), 0o755)
    }
    put('srun', 'shift; exec "$@"')
    put('stemlathe', `trap 'echo drained >>"${folder}/story"; sleep 0.5; exit "\${WORKER_EXIT:-0}"' TERM
echo "$@" >>"${folder}/story"; while :; do sleep 0.05; done`)
    const run = async (code) => {
        rmSync(join(folder, 'story'), { force: true })
        const job = spawn('bash', [join(packaging, 'slurm/worker.sbatch')], {
            env: { ...process.env, PATH: `${folder}:${process.env.PATH}`, SLURM_TMPDIR: folder, SLURM_CPUS_PER_TASK: '3', WORKER_EXIT: code },
            stdio: 'inherit',
        })
        while (!existsSync(join(folder, 'story'))) await new Promise((done) => setTimeout(done, 20))
        job.kill('SIGTERM')
        const [exit] = await once(job, 'exit')
        const [words, drained] = readFileSync(join(folder, 'story'), 'utf8').trim().split('\n')
        assert.match(words, /^worker --config \S+ --data \S+ --device cuda --threads 3$/)
        assert.equal(drained, 'drained')
        assert.deepEqual(readdirSync(folder).filter((name) => name.startsWith('stemlathe-worker.')), [])
        return exit
    }
    assert.equal(await run('0'), 0)
    assert.equal(await run('7'), 7)
})
