/** Version of the package. `npm run release` writes it here and into package.json; a test compares the two. */
export const VERSION = '0.1.0';
