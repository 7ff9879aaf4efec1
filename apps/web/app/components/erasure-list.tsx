/** What goes when an assistant is deleted, and what stays. */
export function ErasureList() {
  return (
    <>
      <p>This can’t be undone. What goes:</p>
      <ul className="mt-1 list-disc pl-5">
        <li>its container, its network and its storage</li>
        <li>its memory and every conversation with it</li>
        <li>all of its backups</li>
        <li>its model key and its bots’ connection</li>
      </ul>
      <p className="mt-2">Its encrypted settings stay in your vault.</p>
    </>
  );
}
