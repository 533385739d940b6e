// The event stream, by the client that browsers use: a thousand reconnects and not one event is missed or comes twice.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { EventSource } from 'eventsource'
import { Server, token } from './server.mjs'

const kReconnects = 1000
let server

before(async () => { server = await Server.start() })
after(async () => { await server.stop() })

/// Listens from `last` on until one event came. @returns its id in a list
function listen_once(last, type) {
    return new Promise((resolve, reject) => {
        const ids = []
        const source = new EventSource(server.url + '/v1/events', {
            fetch: (url, init) => fetch(url, {
                ...init,
                headers: {
                    ...init.headers,
                    Authorization: `Bearer ${token}`,
                    'Last-Event-ID': String(last),
                },
            }),
        })
        const limit = setTimeout(() => { source.close(); reject(new Error('no event came')) }, 10_000)
        source.addEventListener(type, (event) => {
            ids.push(Number(event.lastEventId))
            clearTimeout(limit)
            source.close()
            resolve(ids)
        })
    })
}

/// What the log holds, in order.
async function events_after(after) {
    const all = []
    for (;;) {
        const page = (await server.ask('GET', `/v1/events?limit=200&after=${after}`, undefined, { Accept: 'application/json' })).body
        if (page.items.length === 0) return all
        all.push(...page.items)
        after = page.next
    }
}

test('a thousand reconnects miss nothing', async () => {
    const songs = []
    for (const title of ['One', 'Two']) {
        songs.push((await server.ask('POST', '/v1/sessions', { title })).body.id)
    }
    const begin = (await events_after(0)).at(-1).id
    const seen = []
    let last = begin
    for (let i = 0; i < kReconnects; ++i) {
        // Not awaited before the stream opens: some come just before, some while it is open.
        const making = server.ask('POST', `/v1/sessions/${songs[i % 2]}/comments`, { text: `0:0${i % 10} - note ${i}` })
        const ids = await listen_once(last, 'comment.created')
        seen.push(...ids)
        last = ids.at(-1)
        assert.equal((await making).status, 201)
    }
    const all = (await events_after(begin)).filter((event) => event.type === 'comment.created').map((event) => event.id)
    assert.equal(all.length, kReconnects)
    assert.deepEqual(seen, all)
})

test('a stream goes on by itself after the server was killed', async () => {
    const song = (await server.ask('POST', '/v1/sessions', { title: 'Three' })).body.id
    const last = (await events_after(0)).at(-1).id
    const ids = []
    const source = new EventSource(server.url + '/v1/events?after=' + last, {
        fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, Authorization: `Bearer ${token}` } }),
    })
    source.addEventListener('comment.created', (event) => ids.push(Number(event.lastEventId)))
    const until = async (count) => {
        for (let tries = 0; ids.length < count && tries < 200; ++tries) {
            await new Promise((wake) => setTimeout(wake, 50))
        }
        assert.equal(ids.length, count)
    }
    await server.ask('POST', `/v1/sessions/${song}/comments`, { text: 'before' })
    await until(1)
    await server.kill_and_restart()
    await server.ask('POST', `/v1/sessions/${song}/comments`, { text: 'after' })
    await until(2)
    source.close()
})
