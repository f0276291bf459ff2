import { Module } from '@nestjs/common';
import { ScraperGuard } from './scraper.guard.js';
import { Scrapers } from './scrapers.js';

@Module({ providers: [Scrapers, ScraperGuard], exports: [ScraperGuard] })
export class ScrapersModule {}
