/** Pieces of a file, one after the other. */
export const joined = (pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const all = new Uint8Array(pieces.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let place = 0;
  for (const piece of pieces) {
    all.set(piece, place);
    place += piece.byteLength;
  }
  return all;
};
