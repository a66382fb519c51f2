import { changed, writeAddress, type ListAddress } from '../../list/list-address.ts';
import { MESSAGE_LIST } from '../message-list-spec.ts';

/** A list's address as a view keeps it: filters, order and page size, but no place in the list. */
export function viewAddress(address: ListAddress): string {
  return writeAddress(changed(address, {}), MESSAGE_LIST).toString();
}
