// mqtt.js as a device's programmer would use it; prints what it saw as one line of JSON.
//   node mqttjs.js URL VERSION(4|5) CA_FILE NAME
import { readFileSync } from 'node:fs'
import mqtt from 'mqtt'

const [url, version, caFile, name] = process.argv.slice(2)
const protocolVersion = Number(version)
const topic = (device) => `city/aq/${device}/telemetry`
const message = (device, second) => JSON.stringify({ deviceId: device, ts: 1700000000000 + second * 1000, data: { pm25: 35.1 } })
const connect = (clientId, more = {}) =>
  mqtt.connectAsync(url, { protocolVersion, clientId: `${name}-${clientId}`, ca: readFileSync(caFile), reconnectPeriod: 50, ...more })

// Resolves when the client has been sent so many messages.
function received(client, count) {
  const messages = []
  return new Promise((resolve) => client.on('message', (topic, payload) => {
    messages.push(`${topic} ${payload}`)
    if (messages.length === count) resolve([...messages])
  }))
}

const seen = {}
const subscriber = await connect('subscriber')
const granted = await subscriber.subscribeAsync([`city/aq/${name}-heard/+`, `last/${name}`], { qos: 1 })
seen.granted = granted.map((g) => g.qos)

// Each quality, to a topic with a subscriber and to one without.
const sensor = await connect('sensor')
const heard = received(subscriber, 3)
for (const device of ['heard', 'alone'].map((d) => `${name}-${d}`)) {
  for (const qos of [0, 1, 2]) await sensor.publishAsync(topic(device), message(device, qos), { qos })
}
seen.heard = (await heard).sort()

// A message that nothing can be made of. Only MQTT 5 can say so.
seen.refused = await sensor.publishAsync(topic(`${name}-alone`), '{"data":{"pm25":"high"}}', { qos: 1 }).then(() => null, (error) => error.code)

// A client that is gone without a word.
const lastWords = received(subscriber, 1)
const doomed = await connect('doomed', { reconnectPeriod: 0, will: { topic: `last/${name}`, payload: 'gone', qos: 1 } })
doomed.stream.destroy()
seen.will = await lastWords

// The connection breaks again and again while messages are under way: what has no acknowledgement is sent again.
const stubborn = await connect('stubborn', { clean: false, properties: protocolVersion === 5 ? { sessionExpiryInterval: 60 } : undefined })
let reconnects = 0
stubborn.on('reconnect', () => reconnects++)
const device = `${name}-stubborn`
const sent = []
for (let i = 0; i < 300; i++) {
  sent.push(stubborn.publishAsync(topic(device), message(device, i), { qos: 1 + (i % 2) }))
  if (i % 100 === 50) {
    stubborn.stream.destroy()
    await new Promise((resolve) => stubborn.once('connect', resolve))
  }
}
await Promise.all(sent)
seen.acknowledged = sent.length
seen.reconnects = reconnects

await Promise.all([subscriber, sensor, stubborn].map((client) => client.endAsync()))
console.log(JSON.stringify(seen))
