/** Indices of the values that no line reaches: those beside them are missing. */
export const lonePoints = (values: ArrayLike<number | null | undefined>): number[] =>
  Array.from(values, (_, index) => index).filter(
    (index) => values[index] != null && values[index - 1] == null && values[index + 1] == null,
  );
