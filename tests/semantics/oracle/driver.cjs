// Judges cases with the independent simulator @cloud-copilot/iam-simulate, one JSON a line.
// Usage: node driver.cjs FOLDER < cases.jsonl, where FOLDER holds node_modules.
// In:  the cases of `leastwise can --cases`.
// Out: {"id", "result": "Allowed" | "ImplicitlyDenied" | "ExplicitlyDenied"} or {"id", "error"}
// Its inner engine is asked, as its own tests do: the outer one refuses actions and keys that its
// data do not list.
'use strict'
const path = require('node:path')
const readline = require('node:readline')
const { createRequire } = require('node:module')

const folder = path.resolve(process.argv[2])
const load = createRequire(path.join(folder, 'package.json'))
const inside = (file) =>
  load(path.join(folder, 'node_modules/@cloud-copilot/iam-simulate/dist/cjs', file))
const { loadPolicy } = load('@cloud-copilot/iam-policy')
const { anonymousPrincipal } = load('@cloud-copilot/iam-simulate')
const { authorize } = inside('core_engine/CoreSimulatorEngine.js')
const { AwsRequestImpl } = inside('request/request.js')
const { RequestContextImpl } = inside('requestContext.js')
const { DiscoveryContextKeyConstraints } = inside('context_keys/discoveryContextKeyConstraints.js')

const FULL_ACCESS = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }]
}
const simulationParameters = {
  simulationMode: 'Strict',
  discoveryContextKeyConstraints: new DiscoveryContextKeyConstraints([])
}

const read = (entry, name) => loadPolicy(entry.policy ?? entry, { name: entry.name ?? name })
const readAll = (entries, name) => (entries ?? []).map((entry, i) => read(entry, name + i))
const orNone = (policies) => (policies.length > 0 ? policies : undefined)

function levels(entries, name, implied) {
  return (entries ?? []).map((entry, i) => ({
    orgIdentifier: entry.orgIdentifier ?? `level-${i}`,
    policies: [...implied, ...(entry.policies ? readAll(entry.policies, name) : [read(entry, name)])]
  }))
}

function target(request) {
  if (typeof request.resource !== 'string') return request.resource
  const part = (arn) => String(arn).split(':')[4]
  const owner = request.resourceAccount || part(request.resource) || part(request.principal)
  return { resource: request.resource, accountId: owner || '123456789012' }
}

function judge(one) {
  const { request } = one
  const nobody = request.principal === 'anonymous' || request.principal === '*'
  return authorize({
    request: new AwsRequestImpl(
      nobody ? anonymousPrincipal : request.principal,
      target(request),
      request.action,
      new RequestContextImpl(request.context ?? request.contextVariables ?? {}),
      request.wildcardOnlyAction
    ),
    identityPolicies: readAll(one.identityPolicies, 'identity'),
    permissionBoundaries: orNone(readAll(one.boundaries ?? one.permissionBoundaries, 'boundary')),
    sessionPolicy: one.sessionPolicy ? read(one.sessionPolicy, 'session') : undefined,
    vpcEndpointPolicies: orNone(readAll(one.endpointPolicies, 'endpoint')),
    resourcePolicy: one.resourcePolicy ? read(one.resourcePolicy, 'resource') : undefined,
    serviceControlPolicies: levels(one.scps ?? one.serviceControlPolicies, 'scp', []),
    resourceControlPolicies: levels(one.rcps ?? one.resourceControlPolicies, 'rcp', [
      loadPolicy(FULL_ACCESS, { name: 'RCPFullAWSAccess' })
    ]),
    simulationParameters
  }).result
}

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const one = JSON.parse(line)
  let reply
  try {
    reply = { id: one.id, result: judge(one) }
  } catch (problem) {
    reply = { id: one.id, error: String(problem?.message ?? problem) }
  }
  process.stdout.write(JSON.stringify(reply) + '\n')
})
