import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { router } from './router'
import 'vant/es/toast/style'
import 'vant/es/dialog/style'
import './theme.css'

createApp(App).use(createPinia()).use(router).mount('#app')

if ('serviceWorker' in navigator && import.meta.env.PROD) {
  window.addEventListener('load', () => {
    // Without a secure context there is no worker; the app then needs the network and says so.
    void navigator.serviceWorker.register('/sw.js').catch(() => {})
  })
}
