// sparkplug-client as an edge node's programmer would use it; prints the rebirth requests that it got as one line of JSON.
//   node sparkplug.js URL NODE DEVICE TIME
import sparkplug from 'sparkplug-client'

const [url, edgeNode, device, start] = process.argv.slice(2)
const time = Number(start)
const node = sparkplug.newClient({ serverUrl: url, username: '', password: '', groupId: 'changzhi', edgeNode, clientId: edgeNode, version: 'spBv1.0', publishDeath: true })
const power = (value, second) => node.publishDeviceData(device, { timestamp: time + second * 1000, metrics: [{ alias: 12, type: 'Float', value, timestamp: time + second * 1000 }] })

let births = 0
node.on('birth', () => {
  const at = time + births++ * 3000
  node.publishNodeBirth({ timestamp: at, metrics: [{ name: 'Node Control/Rebirth', type: 'Boolean', value: false, timestamp: at }] })
  node.publishDeviceBirth(device, {
    timestamp: at,
    metrics: [
      { name: 'Lit', alias: 11, type: 'Boolean', value: true, timestamp: at },
      { name: 'Power/Active', alias: 12, type: 'Float', value: 100.5, timestamp: at },
      { name: 'Offset', alias: 13, type: 'Int8', value: -5, timestamp: at }
    ]
  })
  if (births > 1) return end()
  power(101.5, 1)
  node.seq++ // one is lost
  power(102.5, 2)
})

const rebirths = []
node.on('ncmd', (command) => {
  rebirths.push(command.metrics.find((m) => m.name === 'Node Control/Rebirth').value)
  node.emit('birth')
})

function end() {
  power(103.5, 4)
  node.stop()
  console.log(JSON.stringify({ rebirths }))
}
