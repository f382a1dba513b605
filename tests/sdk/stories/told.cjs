// What every story shares: JSON comes on stdin, the answer goes to stdout, a fault to stderr.

async function read(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString());
}

module.exports = function told(story) {
  read(process.stdin)
    .then(story)
    .then((answer) => process.stdout.write(JSON.stringify(answer)))
    .catch((fault) => {
      console.error(fault);
      process.exitCode = 1;
    });
};
