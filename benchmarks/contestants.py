"""What each contestant of crawl_speed.py runs, in a process of its own; the last line says seconds and pages."""

FLOOR = """
import pickle, sys, time, os
from concurrent.futures import ProcessPoolExecutor
def one(body):
    from trafilatura import bare_extraction
    from trafilatura.utils import decode_file
    return bool(bare_extraction(decode_file(body), with_metadata=True, {options}))
def warm(_):
    import trafilatura; time.sleep(0.3)
if __name__ == "__main__":
    bodies = pickle.load(open(sys.argv[1], "rb"))
    with ProcessPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        list(pool.map(warm, range(4)))
        begun = time.perf_counter()
        got = sum(pool.map(one, bodies, chunksize=4))
        print(time.perf_counter() - begun, got)
"""
REQUESTS = """
import json, sys, time
from concurrent.futures import ThreadPoolExecutor
import requests, trafilatura
from trafilatura import bare_extraction
urls = json.load(open(sys.argv[1]))
session = requests.Session()
session.mount("http://", requests.adapters.HTTPAdapter(pool_connections=200, pool_maxsize=8))
def one(body):
    return bool(bare_extraction(trafilatura.utils.decode_file(body), with_metadata=True))
begun = time.perf_counter()
with ThreadPoolExecutor(8) as pool:
    got = sum(map(one, pool.map(lambda url: session.get(url).content, urls)))
print(time.perf_counter() - begun, got)
"""
SCRAPY = """
import json, sys, time, logging
import scrapy
from scrapy.crawler import CrawlerProcess
from trafilatura import bare_extraction
from trafilatura.utils import decode_file
count = 0
class Spider(scrapy.Spider):
    name = "pages"
    start_urls = json.load(open(sys.argv[1]))
    def parse(self, response):
        global count
        found = bare_extraction(decode_file(response.body), with_metadata=True)
        count += bool(found)
        yield {"url": response.url, "text": found.text if found else None}
process = CrawlerProcess({"LOG_ENABLED": False, "ROBOTSTXT_OBEY": True, "CONCURRENT_REQUESTS": 16,
    "TELNETCONSOLE_ENABLED": False, "FEEDS": {sys.argv[1] + ".out.jsonl": {"format": "jsonlines"}}})
process.crawl(Spider)
begun = time.perf_counter()
process.start()
print(time.perf_counter() - begun, count)
"""
READMORE = """
import sys, time
from pathlib import Path
from recommender import seeds
from recommender.crawl.pipeline import fetch
from recommender.crawl.report import Options
from recommender.store.database import Store
if __name__ == "__main__":
    loaded = [seeds.load(sys.argv[1])]
    with Store.open(Path(sys.argv[2]), create=True) as store:
        begun = time.perf_counter()
        report = fetch(store, loaded, Options(delay=0, wayback_url=None, allow_private=True))
        seconds = time.perf_counter() - begun
    print(seconds, report.counts.archived + report.counts.unchanged + report.counts.duplicate)
"""
