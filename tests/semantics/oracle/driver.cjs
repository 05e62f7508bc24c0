// Judges requests with the independent simulator @cloud-copilot/iam-simulate, one JSON a line.
// Usage: node driver.cjs FOLDER < cases.jsonl, where FOLDER holds node_modules.
// In:  {"identity": [policy], "boundary": [policy] | null, "request": {principal, action, resource, context}}
// Out: {"result": "Allowed" | "ImplicitlyDenied" | "ExplicitlyDenied" | "Error"}
'use strict'
const path = require('node:path')
const readline = require('node:readline')
const { createRequire } = require('node:module')

const folder = path.resolve(process.argv[2])
const load = createRequire(path.join(folder, 'package.json'))
const inside = (file) =>
  load(path.join(folder, 'node_modules/@cloud-copilot/iam-simulate/dist/cjs', file))
const { loadPolicy } = load('@cloud-copilot/iam-policy')
const { authorize } = inside('core_engine/CoreSimulatorEngine.js')
const { AwsRequestImpl } = inside('request/request.js')
const { RequestContextImpl } = inside('requestContext.js')
const keys = inside('context_keys/discoveryContextKeyConstraints.js')

function judge({ identity, boundary, request }) {
  const named = (policies) => policies.map((policy, i) => loadPolicy(policy, { name: `p${i}` }))
  const context = new RequestContextImpl(request.context)
  const target = { resource: request.resource, accountId: '123456789012' }
  const { result } = authorize({
    request: new AwsRequestImpl(request.principal, target, request.action, context),
    identityPolicies: named(identity),
    permissionBoundaries: boundary ? named(boundary) : undefined,
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    simulationParameters: {
      simulationMode: 'Strict',
      discoveryContextKeyConstraints: new keys.DiscoveryContextKeyConstraints([])
    }
  })
  return result
}

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  let result
  try {
    result = judge(JSON.parse(line))
  } catch {
    result = 'Error'
  }
  process.stdout.write(JSON.stringify({ result }) + '\n')
})
