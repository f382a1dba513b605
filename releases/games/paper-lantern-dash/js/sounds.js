// Short sounds. The chime climbs a pentatonic scale with every firefly caught in a row.
function sound(src, volume) {
  const context = wx.createInnerAudioContext();
  context.src = src;
  context.volume = volume;
  return context;
}

const chimes = [1, 2, 3, 4, 5].map((note) => sound(`audio/chime-${note}.wav`, 0.5));
const dash = sound("audio/dash.wav", 0.35);
const hit = sound("audio/hit.wav", 0.7);

function again(context) {
  context.seek(0);
  context.play();
}

module.exports = {
  chime: (row) => again(chimes[Math.min(row, chimes.length) - 1]),
  dash: () => again(dash),
  hit: () => again(hit),
};
