# docker build -t corpuslint . && docker run --rm -v "$PWD:/corpus" corpuslint check
FROM python:3.12-slim
# git answers --since and --staged.
RUN apt-get update -qq \
    && apt-get install -qq --yes --no-install-recommends git \
    && rm -rf /var/lib/apt/lists/* \
    && git config --system --add safe.directory '*'
COPY . /src
RUN pip install --no-cache-dir --quiet '/src[fast]' && rm -rf /src
WORKDIR /corpus
ENTRYPOINT ["corpuslint"]
CMD ["check"]
