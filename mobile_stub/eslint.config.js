import antfu from '@antfu/eslint-config'

export default antfu({
  type: 'app',
  vue: true,
  typescript: true,
  // Generated files are checked by being regenerated, not by style.
  ignores: ['dist', 'src/wire/schema.d.ts', 'src/components.d.ts'],
}, {
  rules: {
    'vue/max-attributes-per-line': [
      'error',
      { singleline: 4 },
    ],
  },
})
