const STEP = 4;
const HEIGHT = 24;

/** A small picture of a few numbers, in the colour of its text. `label` says in words what it shows. */
export function Sparkline({ values, label }: { values: readonly number[]; label: string }) {
  const most = Math.max(1, ...values);
  return (
    <svg
      role="img"
      aria-label={label}
      width={values.length * STEP}
      height={HEIGHT}
      viewBox={`0 0 ${values.length * STEP} ${HEIGHT}`}
      style={{ display: 'block', maxWidth: '100%' }}
    >
      {values.map((value, index) => {
        // What is there is seen, however small beside the largest.
        const height = value === 0 ? 1 : Math.max(2, Math.round((value / most) * HEIGHT));
        return (
          <rect
            key={index}
            x={index * STEP}
            y={HEIGHT - height}
            width={STEP - 1}
            height={height}
            fill="currentColor"
            opacity={value === 0 ? 0.35 : 1}
          />
        );
      })}
    </svg>
  );
}
