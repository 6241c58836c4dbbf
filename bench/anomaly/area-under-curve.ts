/** Area under the ROC curve: how likely an anomalous point scores above an ordinary one, a tie counting half (Mann and Whitney 1947). */
export function areaUnderCurve(scores: Float64Array, anomalous: Uint8Array): number {
  const order = Uint32Array.from(scores, (_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  let ranks = 0;
  let positives = 0;
  for (let from = 0; from < order.length;) {
    let to = from;
    let among = 0;
    for (; to < order.length && scores[order[to]!] === scores[order[from]!]; to++) among += anomalous[order[to]!]!;
    ranks += (among * (from + to + 1)) / 2;
    positives += among;
    from = to;
  }
  return (ranks - (positives * (positives + 1)) / 2) / (positives * (order.length - positives));
}
