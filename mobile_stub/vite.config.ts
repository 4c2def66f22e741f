import type { Plugin } from 'vite'
import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { VantResolver } from '@vant/auto-import-resolver'
import vue from '@vitejs/plugin-vue'
import Components from 'unplugin-vue-components/vite'
import { VitePWA } from 'vite-plugin-pwa'
import { defineConfig } from 'vitest/config'
import packed from './package.json' with { type: 'json' }
import { scalingText } from './scaling.ts'

/**
 * The app runs on closed networks under a strict content security policy. Vant's icon font names a public host as its
 * second source and carries its first one inline: take the one out, lay the other beside the style sheet, and fail the
 * build when any style sheet still asks for something from elsewhere.
 */
const ELSEWHERE = /url\(\s*["']?(?:https?:)?\/\/[^)]*\)/
const SECOND_SOURCE = new RegExp(`,\\s*${ELSEWHERE.source}\\s*format\\([^)]*\\)`, 'g')
const INLINE_FONT = /url\(["']?data:font\/woff2;[^,]*base64,([^)"']+)["']?\)/g

function closedNetwork(): Plugin {
  return {
    name: 'closed-network',
    enforce: 'pre',
    transform(code, id) {
      if (/vant.*\.css/.test(id))
        return code.replace(SECOND_SOURCE, '')
    },
    generateBundle(_, bundle) {
      for (const [name, file] of Object.entries(bundle)) {
        if (file.type !== 'asset' || !name.endsWith('.css'))
          continue
        file.source = String(file.source).replace(INLINE_FONT, (_whole, base64: string) => {
          const source = Buffer.from(base64, 'base64')
          const fileName = `assets/icons-${createHash('sha256').update(source).digest('hex').slice(0, 8)}.woff2`
          this.emitFile({ type: 'asset', fileName, source })
          return `url(/${fileName})`
        })
        if (ELSEWHERE.test(file.source))
          this.error(`${name} asks for something from elsewhere`)
      }
    },
  }
}

export default defineConfig({
  define: {
    __APP_VERSION__: JSON.stringify(packed.version),
  },
  plugins: [
    closedNetwork(),
    vue(),
    Components({
      dirs: [],
      resolvers: [
        VantResolver(),
      ],
      dts: 'src/components.d.ts',
    }),
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'src',
      filename: 'sw.ts',
      registerType: 'autoUpdate',
      // The page registers the worker itself (src/main.ts): no inline script, so a strict CSP holds.
      injectRegister: false,
      injectManifest: {
        globPatterns: ['**/*.{js,css,html,svg,png,woff2}'],
      },
      manifest: {
        id: '/',
        name: '检通 · 检察移动办案',
        short_name: '检通',
        description: '提请批准逮捕、受理、分案、审查、批准与执行回执',
        lang: 'zh-CN',
        start_url: '/',
        scope: '/',
        display: 'standalone',
        theme_color: '#12376b',
        background_color: '#f2f4f8',
        icons: [
          { src: '/icon-192.png', sizes: '192x192', type: 'image/png' },
          {
            src: '/icon-512.png',
            sizes: '512x512',
            type: 'image/png',
            purpose: 'any',
          },
          {
            src: '/icon-maskable-512.png',
            sizes: '512x512',
            type: 'image/png',
            purpose: 'maskable',
          },
        ],
      },
    }),
  ],
  css: {
    postcss: {
      plugins: [
        scalingText(),
      ],
    },
  },
  resolve: {
    alias: {
      '@': fileURLToPath(new URL('./src', import.meta.url)),
    },
  },
  server: {
    proxy: {
      '/api': process.env.JIANTONG_API ?? 'http://127.0.0.1:8000',
    },
  },
  test: {
    environment: 'happy-dom',
    server: {
      deps: {
        inline: ['vant'],
      },
    },
  },
})
