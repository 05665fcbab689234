"""Processes that race: nothing served is older than a save acknowledged before it was asked for."""

import multiprocessing

from tests.changes.racing import save, serve

READERS = 2


def test_no_reader_in_any_process_gets_an_old_value(filled, database_url, data_dir, full_counts):
    filled.changes.relay.look_now()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.changes.racing"])
    acknowledged, over = context.Value("q", 0), context.Value("b", 0)
    told, config = context.Queue(), {"database_url": database_url, "data_dir": data_dir}
    saves = 10_000 if full_counts else 300
    others = [
        context.Process(target=serve, args=(config, acknowledged, over, told))
        for _ in range(READERS)
    ]
    others.append(context.Process(target=save, args=(config, saves, acknowledged, over)))
    for process in others:
        process.start()
    results = [told.get(timeout=500) for _ in range(READERS)]
    for process in others:
        process.join()
    assert acknowledged.value == saves
    for served, built, stale in results:
        assert stale == 0
        assert served > built
