import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import {
  BadRequestException,
  Body,
  Controller,
  Get,
  NotFoundException,
  Param,
  Post,
  StreamableFile,
} from '@nestjs/common';

interface Article {
  readonly slug: string;
  readonly title: string;
}

@Controller('articles')
export class ArticlesController {
  readonly #articles = new Map<string, Article>([
    ['first', { slug: 'first', title: 'First words' }],
    ['second', { slug: 'second', title: 'Second thoughts' }],
  ]);

  @Get()
  list(): readonly Article[] {
    return [...this.#articles.values()];
  }

  @Post()
  add(@Body() article: Partial<Article> | undefined): Article {
    const { slug, title } = article ?? {};
    if (typeof slug !== 'string' || typeof title !== 'string') {
      throw new BadRequestException('An article has a slug and a title');
    }
    const added = { slug, title };
    this.#articles.set(slug, added);
    return added;
  }

  /** A response that takes half a second to send; its duration lasts until the last byte. */
  @Get('export')
  export(): StreamableFile {
    return new StreamableFile(Readable.from(this.#rows()), { type: 'text/csv' });
  }

  @Get(':slug')
  one(@Param('slug') slug: string): Article {
    const article = this.#articles.get(slug);
    if (article === undefined) throw new NotFoundException(`There is no article "${slug}"`);
    return article;
  }

  async *#rows(): AsyncGenerator<string> {
    yield 'slug,title\n';
    for (const { slug, title } of this.#articles.values()) {
      await setTimeout(250);
      yield `${slug},${title}\n`;
    }
  }
}
