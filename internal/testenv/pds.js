// Starts a Bluesky personal data server and the directory of identities that it needs, on 127.0.0.1, and says "up PORT".
const fs = require("fs"), os = require("os"), path = require("path"), net = require("net"), http = require("http")
// Both bind all interfaces by themselves.
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (port, ...rest) {
	if (typeof port === "number" || typeof port === "string") return listen.call(this, Number(port), "127.0.0.1", ...rest.filter((a) => typeof a === "function"))
	return listen.call(this, port, ...rest)
}
const free = () => new Promise((ok) => { const s = net.createServer(); s.listen(0, () => { const { port } = s.address(); s.close(() => ok(port)) }) })
;(async () => {
	const { PDS, envToCfg, envToSecrets, readEnv } = require("@atproto/pds")
	const { PlcServer, Database } = require("@did-plc/server")
	const { Secp256k1Keypair } = require("@atproto/crypto")
	const uint8 = require("uint8arrays")
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), "pds-"))
	process.on("exit", () => fs.rmSync(dir, { recursive: true, force: true }))
	process.stdin.on("end", () => process.exit(0)).resume()
	const plcPort = await free(), port = await free()
	await PlcServer.create({ db: Database.mock(), port: plcPort }).start()
	const rotation = await Secp256k1Keypair.create({ exportable: true }), recovery = await Secp256k1Keypair.create()
	const env = {
		devMode: true, port, hostname: "localhost", dataDirectory: dir, blobstoreDiskLocation: path.join(dir, "blobs"),
		didPlcUrl: `http://127.0.0.1:${plcPort}`, recoveryDidKey: recovery.did(), adminPassword: "admin", jwtSecret: "jwt-secret-of-a-test",
		serviceHandleDomains: [".test"], bskyAppViewUrl: "http://127.0.0.1:1", bskyAppViewDid: "did:example:none",
		plcRotationKeyK256PrivateKeyHex: uint8.toString(await rotation.export(), "hex"), inviteRequired: false, disableSsrfProtection: true,
	}
	const pds = await PDS.create(envToCfg(env), envToSecrets(env))
	await pds.start()
	console.log("up " + port)
})().catch((err) => { console.error(err); process.exit(1) })
