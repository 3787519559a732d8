/** The package types its Node build only, which vitest cannot load; its module build is the same. */
declare module 'wgsl_reflect/wgsl_reflect.module.js' {
  export * from 'wgsl_reflect';
}
