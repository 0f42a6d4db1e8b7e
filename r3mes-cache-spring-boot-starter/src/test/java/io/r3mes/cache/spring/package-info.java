/** Tests of the starter as an application sees it. */
package io.r3mes.cache.spring;
