/** The databases cannot be asked at present. What was being written may have been written; asking again later is safe where the request is. */
export class DatabaseAway extends Error {
  override readonly name = 'DatabaseAway';
}
